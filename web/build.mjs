// Bundles what the pages need from npm into src/diplograph/pages/static/vendor. Nothing is fetched at run time.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { feature } from "topojson-client";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const vendor = join(here, "../src/diplograph/pages/static/vendor");
const LIBRARIES = ["@zazuko/yasqe", "topojson-client", "world-atlas"];

// The Equal Earth projection of Šavrič, Patterson and Jenny (2018), as in worldmap.py.
const A = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;
const EDGE = [2.7066, 1.3173];
const [WIDTH, HEIGHT] = [1000, 487];

function project([longitude, latitude]) {
  const radians = Math.PI / 180;
  const theta = Math.asin(M * Math.sin(latitude * radians));
  const squared = theta * theta;
  const sixth = squared ** 3;
  const slope = 9 * A[3] * sixth * squared + 7 * A[2] * sixth + 3 * A[1] * squared + A[0];
  const x = (longitude * radians * Math.cos(theta)) / (M * slope);
  const y = theta * (A[0] + A[1] * squared + sixth * (A[2] + A[3] * squared));
  return [(WIDTH / 2) * (1 + x / EDGE[0]), (HEIGHT / 2) * (1 - y / EDGE[1])];
}

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
  entryPoints: [join(here, "src/query-editor.js")],
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
