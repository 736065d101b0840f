// Dates, sizes, durations, money and counts: how they are written, in one place.

const LOCALE = "en";
const numbers = new Intl.NumberFormat(LOCALE);
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto", style: "short" });
const absolute = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
const dayOf = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric" });
const dayOfYear = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric", year: "numeric" });

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `1,204`. */
export function count(value: number): string {
  return numbers.format(value);
}

/** `1 video`, `12 videos`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** How long something takes, coarse on purpose: `8 s`, `4 min`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.round(whole / MINUTE)} min`;
  const minutes = Math.round((whole % HOUR) / MINUTE);
  const hours = Math.floor(whole / HOUR) + (minutes === 60 ? 1 : 0);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
}

/** A place in a clip: `0:04.2`. */
export function clock(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${Math.floor(tenths / 600)}:${rest}`;
}

/** `2.4 MB`, in powers of ten as file managers show it. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit > 0 && size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

/** US dollars: `$0.12`, `$1,204.50`; fractions of a cent are not rounded to nothing. */
export function money(dollars: number): string {
  const digits = dollars !== 0 && Math.abs(dollars) < 0.01 ? 4 : 2;
  return `$${dollars.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** `just now`, `3 min. ago`, `yesterday`, then a date. */
export function ago(iso: string, now = Date.now()): string {
  const then = new Date(iso);
  const seconds = (now - then.getTime()) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < HOUR) return relative.format(-Math.max(1, Math.round(seconds / MINUTE)), "minute");
  if (seconds < DAY) return relative.format(-Math.round(seconds / HOUR), "hour");
  if (seconds < 7 * DAY) return relative.format(-Math.round(seconds / DAY), "day");
  return (then.getFullYear() === new Date(now).getFullYear() ? dayOf : dayOfYear).format(then);
}

/** `in 2 days`, `in 3 hr.`, `in 5 min.`: when something ends that has not yet. */
export function until(iso: string, now = Date.now()): string {
  const seconds = Math.max(0, (new Date(iso).getTime() - now) / 1000);
  if (seconds < HOUR) return relative.format(Math.max(1, Math.round(seconds / MINUTE)), "minute");
  if (seconds < DAY) return relative.format(Math.round(seconds / HOUR), "hour");
  return relative.format(Math.round(seconds / DAY), "day");
}

/** `Nov 30`. */
export function day(date: Date): string {
  return dayOf.format(date);
}

/** The whole date and time, for a tooltip. */
export function moment(iso: string): string {
  return absolute.format(new Date(iso));
}

/** `42%`; never 100 before the end. */
export function percent(value: number): string {
  return `${value >= 100 ? 100 : Math.min(99, Math.floor(value))}%`;
}

/** `push_in` and `Aspect Ratio` as words: `Push in`, `Aspect ratio`. */
export function words(name: string): string {
  const spaced = name.replaceAll("_", " ").trim();
  if (!spaced) return spaced;
  return spaced[0]?.toUpperCase() + spaced.slice(1).replace(/\b[A-Z](?=[a-z])/g, (c) => c.toLowerCase());
}
