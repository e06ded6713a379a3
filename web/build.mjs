// Bundles what the pages need from npm into src/diplograph/pages/static/vendor. Nothing is fetched at run time.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { feature } from "topojson-client";
import { project } from "./src/projection.js";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const vendor = join(here, "../src/diplograph/pages/static/vendor");
const LIBRARIES = ["@zazuko/yasqe", "d3-force", "topojson-client", "world-atlas"];

// A country across the 180th meridian goes on beyond the edge instead of jumping to the other side.
const unwrapped = (ring) => {
  const crosses = ring.some(([one], index) => index && Math.abs(one - ring[index - 1][0]) > 180);
  return crosses ? ring.map(([longitude, latitude]) => [longitude < 0 ? longitude + 360 : longitude, latitude]) : ring;
};

const outline = (ring) => "M" + unwrapped(ring).map((point) => project(point).map((n) => n.toFixed(1)).join(" ")).join("L") + "Z";

function outlines() {
  const world = JSON.parse(readFileSync(require.resolve("world-atlas/countries-110m.json"), "utf8"));
  const inhabited = world.objects.countries.geometries.filter((country) => country.id !== "010"); // not Antarctica
  const countries = { type: "GeometryCollection", geometries: inhabited };
  const polygons = feature(world, countries).features.flatMap(({ geometry }) =>
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);
  return { land: polygons.flatMap((rings) => rings.map(outline)).join("") };
}

function licenses() {
  const found = LIBRARIES.map((name) => {
    const about = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
    const authors = [about.author, ...(about.contributors || [])].map((one) => (one && one.name) || one).filter(Boolean);
    return `${name} ${about.version}\n${about.license} license, copyright ${authors.join(", ")}\n${about.homepage || about.repository.url}\n`;
  });
  return found.join("\n") + "\nThe outlines of world-atlas are from Natural Earth, public domain.\n";
}

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
await build({
  entryPoints: [join(here, "src/query-page.js")],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "linked",
  define: { global: "window" },
  outfile: join(vendor, "query-editor.js"),
});
copyFileSync(join(here, "node_modules/@zazuko/yasqe/build/yasqe.min.css"), join(vendor, "query-editor.css"));
writeFileSync(join(vendor, "world.json"), JSON.stringify(outlines()));
writeFileSync(join(vendor, "LICENSES.txt"), licenses());
