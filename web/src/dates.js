// Dates of an answer as spans of years: what is not known to the day has a width, what goes on has no end.
const DAY = 1 / 366;
const PART = /^(-?\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T.*|Z)?$/;
const MASKED = /^(\d{2})(\d|X)X$/;

function one(text) {
  const bare = text.replace(/[~?%]+$/, "");
  const masked = MASKED.exec(bare);
  if (masked) {
    const century = masked[2] === "X";
    const from = Number(masked[1] + (century ? "00" : `${masked[2]}0`));
    return { from, to: from + (century ? 100 : 10) };
  }
  const found = PART.exec(bare);
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2] || 0), Number(found[3] || 0)];
  if (month >= 21 && month <= 24) return { from: year + (3 * month - 61) / 12, to: year + (3 * month - 58) / 12 }; // a season
  if (!month || month > 12) return { from: year, to: year + 1 };
  const from = year + (month - 1) / 12;
  return day ? { from: from + (day - 1) * DAY, to: from + day * DAY } : { from, to: from + 1 / 12 };
}

// The span of an EDTF date or interval, an xsd:date or a year; null for what is none.
export function span(text) {
  const [start, end] = text.split("/");
  if (end === undefined) return one(start);
  const [first, last] = [one(start), one(end)];
  if (!first && !last) return null;
  return { from: first ? first.from : last.from, to: last ? last.to : first.to, opens: !first, goesOn: !last };
}

const DATED = /#(date|dateTime|gYear|gYearMonth)$|edtf\/EDTF/;
const YEAR = /year/i;

// Whether a term of a column tells when something was.
export const isDate = (term, column) => Boolean(term) && term.type === "literal" && (DATED.test(term.datatype || "")
  || (YEAR.test(column) && /^-?\d{4}$/.test(term.value))) && span(term.value) !== null;
