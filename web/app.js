// @ts-check
/*
 * The live page: follows api/v1/stream, keeps one table row a check in its place, and says so when it is not live.
 * Text of checks and peers reaches the document as text and attributes only, never as markup.
 */

/** @typedef {"up" | "degraded" | "down" | "unknown"} Status */
/** @typedef {Status | "paused" | "stopped"} State what a row shows: the lifecycle when not active, else the status */
/** @typedef {{ id: string, kind: string, target: string, name: ?string, every: string, labels: Record<string, string> }} Check */
/** @typedef {{ at: string, status: Status, latencySeconds: number, reason: ?string }} Run */
/**
 * @typedef {{ check: string, agent: string, scheduledAt: string, startedAt: string, durationSeconds: number, status: Status,
 *   reason: ?string, message: ?string, phases: Record<string, number> }} Result
 */
/** @typedef {{ agent: string, status: Status, since: ?string }} AgentStatus */
/**
 * @typedef {{ status: Status, since: ?string, reason: ?string, message: ?string, nextRunAt: ?string, lastResult: ?Result,
 *   agents: AgentStatus[] }} Standing
 */
/** @typedef {{ name: string, data: any }} LiveEvent data: a Result, a Watched or an id, by name */
/** @typedef {{ check: Check, lifecycle: "active" | "paused" | "stopped", createdAt: string, status: Standing, latencyPhase: ?string, recent: Run[] }} Watched */

/** @type {State[]} the worst first: the order of rows and counts */
const STATES = ["down", "degraded", "unknown", "up", "paused", "stopped"];
/** @type {Record<State, string>} */
const GLYPHS = { up: "●", degraded: "◐", down: "✖", unknown: "?", paused: "‖", stopped: "■" };

const MOST_RUNS = 60;
const LONGEST_TEXT = 1000;
const SILENCE_MS = 20_000; // The hub sends a comment every 15 s.
const CONNECT_MS = 20_000;
const LIST_MS = 30_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

// ---------------------------------------------------------------- words

/** @template {Element} T @param {ParentNode} within @param {string} selector @returns {T} */
const find = (within, selector) => /** @type {T} */ (within.querySelector(selector) ?? fail(`the page has no ${selector}`));

/** @param {string} message @returns {never} */
function fail(message) {
  throw new Error(message);
}

/**
 * Foreign text made plain: what steers, turns or hides text is written as its escape, and there is an end to it.
 * @param {?string | undefined} text
 */
function plain(text) {
  const shown = (text ?? "").slice(0, LONGEST_TEXT + 1).replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, escape);
  return shown.length > LONGEST_TEXT ? `${shown.slice(0, LONGEST_TEXT)}…` : shown;
}

/** @param {string} character */
function escape(character) {
  const code = character.charCodeAt(0).toString(16);
  return { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character] ?? (code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`);
}

/** Seconds in the unit that suits, with three significant digits. @param {number} seconds */
function duration(seconds) {
  const ms = seconds * 1000;
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  return `${ms < 100 ? ms.toPrecision(3) : Number(ms.toPrecision(3))} ms`;
}

/** A span of time in its two largest units. @param {number} ms */
function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** @param {number} number */
const two = number => String(number).padStart(2, "0");

/** Local time of day. @param {Date} at */
const clock = at => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

/** Local date and time. @param {Date} at */
const moment = at => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(at)}`;

const UNITS = { us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as 5s; 0 when it is none. @param {string} text */
function parseDuration(text) {
  const parts = /^([\d.]+)(us|ms|s|m|h|d)$/.exec(text);
  return parts ? Number(parts[1]) * UNITS[/** @type {keyof typeof UNITS} */ (parts[2])] : 0;
}

// ---------------------------------------------------------------- recent runs

/** The same run, once from the list and once from the stream. @param {Run} a @param {Run} b */
const isSame = (a, b) => a.at === b.at && a.status === b.status && Math.abs(a.latencySeconds - b.latencySeconds) < 1e-6;

/** Puts a run in its place by time, unless it is there; keeps the latest. @param {Run[]} runs @param {Run} run */
function insertRun(runs, run) {
  let place = runs.length;
  while (place > 0 && runs[place - 1].at > run.at) place--;
  for (let i = place - 1; i >= 0 && runs[i].at === run.at; i--) if (isSame(runs[i], run)) return;
  runs.splice(place, 0, run);
  if (runs.length > MOST_RUNS) runs.shift();
}

const SLOT = 4;
const HEIGHT = 24;

/**
 * Draws runs as bars, one path a status, the latest at the right. The scale follows the typical run, so that one long run does not
 * flatten the rest; a run that is not up has a faint bar of full height behind it, so that it shows however short it was.
 * @param {SVGElement} strip @param {Run[]} runs
 */
function drawStrip(strip, runs) {
  const durations = runs.filter(run => run.status === "up").map(run => run.latencySeconds).sort((a, b) => a - b);
  const typical = durations.length > 0 ? durations[durations.length >> 1] : Math.max(...runs.map(run => run.latencySeconds), 0);
  const top = typical * 2.5 || 1;
  /** @type {Record<string, string>} */
  const bars = { up: "", degraded: "", down: "", unknown: "" };
  /** @type {Record<string, string>} */
  const faint = { degraded: "", down: "", unknown: "" };
  let x = SLOT * (MOST_RUNS - runs.length);
  const rest = `M0 ${HEIGHT - 0.5}H${x}`;
  for (const run of runs) {
    const height = 2 + (HEIGHT - 2) * Math.min(1, run.latencySeconds / top);
    bars[run.status] += `M${x} ${HEIGHT}v${-height.toFixed(1)}h3V${HEIGHT}z`;
    if (run.status !== "up") faint[run.status] += `M${x} ${HEIGHT}V0h3V${HEIGHT}z`;
    x += SLOT;
  }

  for (const path of strip.children) {
    const [kind, isFaint] = (path.getAttribute("class") ?? "").split(" ");
    path.setAttribute("d", kind === "rest" ? rest : isFaint ? faint[kind] : bars[kind]);
  }
}

/** @param {Run[]} runs */
function describeRuns(runs) {
  if (runs.length === 0) return "no runs yet";
  const counts = STATES.map(state => ({ state, count: runs.filter(run => run.status === state).length })).filter(each => each.count > 0);
  return `the last ${runs.length} runs: ${counts.map(each => `${each.count} ${each.state}`).join(", ")}`;
}

/** @param {Run} run */
const describeRun = run => [moment(new Date(run.at)), `${GLYPHS[run.status]} ${run.status}`, duration(run.latencySeconds), plain(run.reason)].filter(part => part).join("  ");

// ---------------------------------------------------------------- one row a check

/** One check and its row: knows how it stands, paints what changed. */
class Row {
  /** @type {Run[]} */
  runs = [];
  /** @type {?Result} */
  last = null;
  /** @type {State} */
  state = "unknown";
  isVisible = true;
  isOnScreen = false;
  stripIsStale = true;
  haystack = "";
  failing = "";

  /** @param {Watched} watched @param {HTMLTemplateElement} template */
  constructor(watched, template) {
    this.id = watched.check.id;
    this.element = /** @type {HTMLTableRowElement} */ (find(template.content, "tr").cloneNode(true));
    this.element.dataset.check = this.id;
    /** @param {string} selector @returns {HTMLElement} */
    const part = selector => find(this.element, selector);
    this.glyph = find(this.element, "use");
    this.strip = /** @type {SVGElement} */ (find(this.element, ".strip"));
    this.time = /** @type {HTMLTimeElement} */ (part("time"));
    this.parts = {
      state: part(".state"), word: part(".word"), name: part(".name"), id: part(".id"), kind: part(".kind"), target: part(".target"),
      why: part(".why"), reason: part(".reason"), message: part(".message"), latency: part(".latency"), next: part(".next"), who: part(".who"), what: part(".what"),
    };
    this.watched = watched;
    this.adopt(watched, true);
  }

  /**
   * Takes over what the hub says of the check. Runs known already are kept unless this is the whole truth or another life of the id.
   * @param {Watched} watched @param {boolean} isWhole
   */
  adopt(watched, isWhole) {
    const known = isWhole || watched.createdAt !== this.watched.createdAt ? [] : this.runs;
    if (known.length === 0) this.last = null;
    this.watched = watched;
    this.runs = watched.recent.slice(-MOST_RUNS);
    for (const run of known) if (this.runs.length < MOST_RUNS || run.at > this.runs[0].at) insertRun(this.runs, run);
    this.keepLast(watched.status.lastResult);
    this.state = watched.lifecycle === "active" ? watched.status.status : watched.lifecycle;
    const { id, name, kind, target, labels } = watched.check;
    this.haystack = [id, name, kind, target, this.state, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)].join("\n").toLowerCase();
    this.stripIsStale = true;
  }

  /** @param {Result} result @returns {number} what its kind calls the latency, or the whole run */
  latency(result) {
    return result.phases[this.watched.latencyPhase] ?? result.durationSeconds;
  }

  /** @param {Result} result */
  add(result) {
    insertRun(this.runs, { at: result.scheduledAt, status: result.status, latencySeconds: this.latency(result), reason: result.reason });
    this.keepLast(result);
    this.stripIsStale = true;
  }

  /** @param {?Result} result */
  keepLast(result) {
    if (result && (!this.last || result.startedAt >= this.last.startedAt)) this.last = result;
  }

  get title() {
    return plain(this.watched.check.name ?? this.id);
  }

  /** Whether every word is found. @param {string[]} words */
  matches(words) {
    return words.every(word => (word.startsWith("is:") ? this.state.startsWith(word.slice(3)) : this.haystack.includes(word)));
  }

  /** @param {number} now */
  paint(now) {
    const { check, status } = this.watched;
    const { parts } = this;
    if (this.element.dataset.state !== this.state) {
      this.element.dataset.state = this.state;
      this.glyph.setAttribute("href", `#glyph-${this.state}`);
      write(parts.word, this.state);
    }

    write(parts.name, this.title);
    write(parts.id, check.name ? this.id : "");
    write(parts.kind, plain(check.kind));
    write(parts.target, plain(check.target));
    const labels = Object.entries(check.labels).map(([key, value]) => `${plain(key)}=${plain(value)}`).join(" ");
    hint(parts.who, check.name ? `${this.title} (${this.id})` : this.id);
    hint(parts.what, [`${plain(check.kind)} ${plain(check.target)}`, `every ${plain(check.every)}`, labels].filter(part => part).join("\n"));
    hint(parts.state, status.agents.map(each => `${plain(each.agent)}: ${GLYPHS[each.status]} ${each.status}${each.since ? ` since ${moment(new Date(each.since))}` : ""}`).join("\n"));
    this.paintWhy();
    write(parts.latency, this.last ? duration(this.latency(this.last)) : "");
    hint(parts.latency, this.last ? Object.entries(this.last.phases).map(([name, seconds]) => `${plain(name)} ${duration(seconds)}`).join("\n") : "");
    this.tick(now);
    if (this.isOnScreen) this.paintStrip();
  }

  paintWhy() {
    const { status, lifecycle } = this.watched;
    // Of one agent, the latest run says why it still is so; of several, only the hub knows.
    const witness = status.agents.length <= 1 && this.last?.status === status.status ? this.last : status;
    let [reason, message] = [plain(witness.reason), plain(witness.message)];
    let before = "";
    if (lifecycle !== "active") {
      before = this.last ? `last run ${this.last.status}` : "never ran";
      [reason, message] = [plain(this.last?.reason), plain(this.last?.message)];
    } else if (lifecycle === "active" && status.status === "up" && this.last && this.last.status !== "up") {
      before = `last run ${this.last.status}`;
      [reason, message] = [plain(this.last.reason), plain(this.last.message)];
    } else if (lifecycle === "active" && !reason && !message && !this.last) {
      before = "no run yet";
    }

    const { parts } = this;
    parts.why.classList.toggle("aside", before !== "");
    // A sentence that begins with the word itself need not hear it twice.
    const says = reason !== "" && message.toLowerCase().startsWith(`${reason} `);
    const whole = [before, says ? "" : reason, message].filter(part => part).join(": ");
    parts.reason.classList.toggle("goes-on", says);
    write(parts.reason, before ? "" : reason);
    write(parts.message, before ? whole : says ? message.slice(reason.length + 1) : message);
    hint(parts.why, whole);
    this.failing = before ? "" : whole;
  }

  paintStrip() {
    if (!this.stripIsStale) return;
    this.stripIsStale = false;
    drawStrip(this.strip, this.runs);
    this.strip.setAttribute("aria-label", describeRuns(this.runs));
  }

  /** Writes what changes with time alone. @param {number} now by the hub's clock */
  tick(now) {
    const { since, nextRunAt } = this.watched.status;
    const began = since ? new Date(since) : null;
    write(this.time, began ? span(now - began.getTime()) : "–");
    if (began && this.time.dateTime !== since) {
      this.time.dateTime = /** @type {string} */ (since);
      hint(this.time, `since ${moment(began)}`);
    }

    write(this.parts.next, nextRunAt && this.watched.lifecycle === "active" ? this.untilNext(new Date(nextRunAt).getTime(), now) : "–");
  }

  /** The hub says the next slot once; those after it follow from the interval. @param {number} next @param {number} now */
  untilNext(next, now) {
    const every = parseDuration(this.watched.check.every);
    const left = next > now || every <= 0 ? next - now : every - ((now - next) % every);
    return left < 1000 ? "now" : `in ${/^\d+ \w+/.exec(span(left))}`;
  }
}

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {string} text */
function hint(element, text) {
  if (element.title !== text) element.title = text;
}

// ---------------------------------------------------------------- all rows

/** @param {Row} a @param {Row} b */
const byState = (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The table: gathers changes and writes them once a frame. */
class Board {
  /** @type {Map<string, Row>} */
  rows = new Map();
  /** @type {Row[]} */
  order = [];
  /** @type {Set<Row>} */
  dirty = new Set();
  /** @type {Set<Row>} */
  moved = new Set();
  /** @type {Set<Row>} */
  onScreen = new Set();
  /** @type {string[]} */
  news = [];
  /** @type {string[]} */
  words = [];
  isListed = false;
  isPending = false;
  isLive = false;
  /** What to add to this machine's clock to have the hub's. */
  skew = 0;

  table = /** @type {HTMLTableElement} */ (find(document, "#board"));
  body = /** @type {HTMLElement} */ (find(document, "#rows"));
  template = /** @type {HTMLTemplateElement} */ (find(document, "#row"));
  empty = /** @type {HTMLElement} */ (find(document, "#empty"));
  none = /** @type {HTMLElement} */ (find(document, "#none"));
  newsroom = /** @type {HTMLElement} */ (find(document, "#news"));
  summary = new Summary();

  constructor() {
    /** @type {WeakMap<Element, Row>} */
    this.byElement = new WeakMap();
    this.watcher = new IntersectionObserver(entries => this.see(entries), { rootMargin: "300px" });
    setInterval(() => document.visibilityState === "visible" && this.tick(), 1000);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.tick();
      if (!this.isPending) return;
      this.isPending = false;
      this.later();
    });
  }

  /** Shows exactly these. @param {Watched[]} list */
  replace(list) {
    const ids = new Set(list.map(watched => watched.check.id));
    for (const id of [...this.rows.keys()]) if (!ids.has(id)) this.remove(id);
    for (const watched of list) this.put(watched, true);
    this.news = [];
    this.isListed = true;
    this.later();
  }

  /** @param {Watched} watched @param {boolean} isWhole */
  put(watched, isWhole) {
    const row = this.rows.get(watched.check.id);
    if (!row) return this.insert(watched);
    const before = row.state;
    row.adopt(watched, isWhole);
    if (row.state !== before) {
      this.moved.add(row);
      this.news.push(row.id);
    }

    this.touch(row);
  }

  /** @param {Watched} watched */
  insert(watched) {
    const row = new Row(watched, this.template);
    this.rows.set(row.id, row);
    this.byElement.set(row.element, row);
    this.moved.add(row);
    this.touch(row);
  }

  /** @param {Result} result @returns {number} what its kind calls the latency, or the whole run */
  latency(result) {
    return result.phases[this.watched.latencyPhase] ?? result.durationSeconds;
  }

  /** @param {Result} result */
  add(result) {
    const row = this.rows.get(result.check);
    if (!row) return;
    row.add(result);
    this.touch(row);
  }

  /** @param {string} id */
  remove(id) {
    const row = this.rows.get(id);
    if (!row) return;
    this.rows.delete(id);
    for (const set of [this.dirty, this.moved, this.onScreen]) set.delete(row);
    this.order = this.order.filter(each => each !== row);
    this.watcher.unobserve(row.element);
    row.element.remove();
    this.later();
  }

  /** @param {Row} row */
  touch(row) {
    this.dirty.add(row);
    this.later();
  }

  /** A hidden page has no frames, yet its title and icon tell of what is down. */
  later() {
    if (this.isPending) return;
    this.isPending = true;
    if (document.visibilityState === "visible") requestAnimationFrame(() => this.flush());
    else setTimeout(() => this.flush(), 200);
  }

  now() {
    return Date.now() + this.skew;
  }

  flush() {
    if (!this.isPending) return;
    this.isPending = false;
    const now = this.now();
    for (const row of this.dirty) {
      row.paint(now);
      this.sift(row);
    }

    this.dirty.clear();
    this.arrange();
    this.tell();
    this.sumUp();
  }

  /** Puts the rows whose rank changed where they belong, and leaves the others alone. */
  arrange() {
    if (this.moved.size === 0) return;
    const staying = this.order.filter(row => !this.moved.has(row));
    const coming = [...this.moved].sort(byState);
    this.order = [];
    for (const row of staying) {
      while (coming.length > 0 && byState(coming[0], row) < 0) this.order.push(/** @type {Row} */ (coming.shift()));
      this.order.push(row);
    }

    this.order.push(...coming);
    for (let i = this.order.length - 1; i >= 0; i--) {
      const row = this.order[i];
      if (!this.moved.has(row)) continue;
      this.body.insertBefore(row.element, this.order[i + 1]?.element ?? null);
      this.watcher.observe(row.element);
    }

    this.moved.clear();
  }

  /** Says aloud what changed, in a sentence that can be listened to. */
  tell() {
    const rows = [...new Set(this.news)].flatMap(id => this.rows.get(id) ?? []);
    this.news = [];
    if (rows.length === 0) return;
    for (const row of rows) if (row.isOnScreen) flash(row.element);
    this.newsroom.textContent = rows.length > 3
      ? `${rows.length} checks changed; ${this.summary.text}`
      : rows.map(row => `${row.title} is ${row.state}${row.failing ? `, ${row.failing}` : ""}`).join("; ");
  }

  sumUp() {
    /** @type {Map<State, number>} */
    const counts = new Map();
    for (const row of this.order) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
    this.summary.show(counts, this.isLive, this.words);
    this.table.hidden = this.order.length === 0;
    this.empty.hidden = !this.isListed || this.order.length > 0;
    const isNone = this.order.length > 0 && !this.order.some(row => row.isVisible);
    write(this.none, isNone ? `No check matches “${this.words.join(" ")}”.` : "");
  }

  /** @param {string} text */
  filter(text) {
    this.words = text.toLowerCase().split(/\s+/).filter(word => word);
    for (const row of this.order) this.sift(row);
    this.later();
  }

  /** @param {Row} row */
  sift(row) {
    const isVisible = row.matches(this.words);
    if (isVisible === row.isVisible) return;
    row.isVisible = isVisible;
    row.element.hidden = !isVisible;
  }

  /** @param {IntersectionObserverEntry[]} entries */
  see(entries) {
    const now = this.now();
    for (const { target, isIntersecting } of entries) {
      const row = this.byElement.get(target);
      if (!row) continue;
      row.isOnScreen = isIntersecting;
      if (!isIntersecting) this.onScreen.delete(row);
      else {
        this.onScreen.add(row);
        row.paintStrip();
        row.tick(now);
      }
    }
  }

  tick() {
    const now = this.now();
    for (const row of this.onScreen) row.tick(now);
  }
}

/** Draws the eye to a row for a moment. @param {Element} element */
function flash(element) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  element.animate([{ backgroundColor: "var(--flash)" }, {}], { duration: 1500, easing: "ease-out" });
}

// ---------------------------------------------------------------- head line, title, icon

/** @type {Record<State | "stale", string>} shapes of 16 by 16 for the icon, apart by form and by colour */
const ICONS = {
  up: "%3Ccircle cx='8' cy='8' r='6' fill='%232f9e68'/%3E",
  degraded: "%3Ccircle cx='8' cy='8' r='6' fill='none' stroke='%23d18f16' stroke-width='2'/%3E%3Cpath d='M8 2a6 6 0 0 0 0 12z' fill='%23d18f16'/%3E",
  down: "%3Crect width='16' height='16' rx='4' fill='%23d3303a'/%3E%3Cpath d='M5 5l6 6m0-6l-6 6' stroke='white' stroke-width='2'/%3E",
  unknown: "%3Ccircle cx='8' cy='8' r='5' fill='none' stroke='%238578d8' stroke-width='3' stroke-dasharray='3 2'/%3E",
  paused: "%3Cpath d='M3 2h4v12H3zm6 0h4v12H9z' fill='%23868c94'/%3E",
  stopped: "%3Cpath d='M3 3h10v10H3z' fill='%23868c94'/%3E",
  stale: "%3Ccircle cx='8' cy='8' r='5.5' fill='none' stroke='%23868c94' stroke-width='2'/%3E",
};

/** Counts by status, each a button that filters by it; the title and the icon of the page. */
class Summary {
  text = "";
  holder = find(document, "#counts");
  icon = /** @type {HTMLLinkElement} */ (find(document, "#icon"));
  buttons = STATES.map(state => this.makeButton(state));

  /** @param {State} state */
  makeButton(state) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "count";
    button.dataset.state = state;
    const glyph = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    glyph.setAttribute("class", "glyph");
    glyph.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `#glyph-${state}`);
    glyph.append(use);
    const words = document.createElement("span");
    button.append(glyph, words);
    this.holder.append(button);
    return { state, button, words };
  }

  /** @param {Map<State, number>} counts @param {boolean} isLive @param {string[]} filter */
  show(counts, isLive, filter) {
    for (const { state, button, words } of this.buttons) {
      const count = counts.get(state) ?? 0;
      const isPressed = filter.length === 1 && filter[0] === `is:${state}`;
      button.hidden = count === 0 && !isPressed;
      button.setAttribute("aria-pressed", String(isPressed));
      hint(button, isPressed ? "Show all" : `Show only these: is:${state}`);
      write(words, `${count} ${state}`);
    }

    this.text = STATES.filter(state => counts.get(state)).map(state => `${counts.get(state)} ${state}`).join(", ");
    const down = counts.get("down") ?? 0;
    document.title = [isLive ? "" : "not live", down > 0 ? `${down} down` : "", "Vedette"].filter(part => part).join(" · ");
    const shape = ICONS[isLive ? STATES.find(state => counts.get(state)) ?? "stale" : "stale"];
    const href = `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E${shape}%3C/svg%3E`;
    if (this.icon.href !== href) this.icon.href = href;
  }
}

// ---------------------------------------------------------------- the stream

/** The hub does not take the token. */
class Unauthorized extends Error {}

/**
 * Reads server-sent events (HTML Standard, section 9.2.6) until the stream ends.
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} onHeard for every piece, heartbeats too
 * @param {(event: { id: string, name: string, data: string }) => void} onEvent
 */
async function readEvents(body, onHeard, onEvent) {
  const reader = body.pipeThrough(/** @type {ReadableWritablePair<string, Uint8Array>} */ (new TextDecoderStream())).getReader();
  let rest = "";
  let id = "";
  let name = "";
  /** @type {string[]} */
  let data = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onHeard();
    const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = /** @type {string} */ (lines.pop());
    for (const line of lines) {
      const [, field, text] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line === "") {
        if (data.length > 0) onEvent({ id, name: name || "message", data: data.join("\n") });
        [name, data] = ["", []];
      } else if (field === "data") data.push(text);
      else if (field === "event") name = text;
      else if (field === "id") id = text;
    }
  }
}

/** Keeps the board at what the hub says, for as long as the page is open. */
class Feed {
  lastId = "";
  heard = 0;
  isListed = false;
  /** @type {?LiveEvent[]} what came while the list was on its way */
  early = null;
  wait = FIRST_WAIT_MS;
  wake = () => {};

  /** @param {Board} board @param {Gate} gate @param {Lamp} lamp */
  constructor(board, gate, lamp) {
    this.board = board;
    this.gate = gate;
    this.lamp = lamp;
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
  }

  async run() {
    for (;;) {
      const token = await this.gate.token();
      const why = await this.follow(token);
      this.lamp.out(why, this.heard);
      if (why instanceof Unauthorized) this.forget();
      else await this.pause();
    }
  }

  forget() {
    this.gate.refuse();
    this.isListed = false;
    this.lastId = "";
    this.wait = FIRST_WAIT_MS;
  }

  /** Between half and the whole of a wait that doubles; coming back online or to the page ends it. */
  async pause() {
    const ms = this.wait * (0.5 + Math.random() / 2);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    await new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /** One stream from its start to its end; says why it ended. @param {string} token @returns {Promise<Error>} */
  async follow(token) {
    const stop = new AbortController();
    this.heard = Date.now();
    let patience = CONNECT_MS;
    const watch = setInterval(() => Date.now() - this.heard > patience && stop.abort(new Error(`nothing was heard for ${Math.round(patience / 1000)} s`)), 500);
    try {
      const response = await this.get("api/v1/stream", token, stop.signal, this.lastId ? { "Last-Event-ID": this.lastId } : {});
      patience = SILENCE_MS;
      this.heard = Date.now();
      // The stream is open before the list is asked for: what changes in between comes by one or the other.
      // Without an id it starts with the next message, and what came since the list is in neither.
      if (this.isListed && this.lastId) this.begin();
      else void this.list(token, stop);
      await readEvents(/** @type {ReadableStream<Uint8Array>} */ (response.body), () => (this.heard = Date.now()), event => this.take(event, token, stop));
      return new Error("the hub ended the stream");
    } catch (error) {
      // What made no sense is not resumed after but read anew.
      if (!stop.signal.aborted && !(error instanceof TypeError)) this.isListed = false;
      return stop.signal.aborted ? stop.signal.reason : /** @type {Error} */ (error);
    } finally {
      clearInterval(watch);
      stop.abort();
      this.early = null;
    }
  }

  /** @param {string} path @param {string} token @param {AbortSignal} signal @param {Record<string, string>} headers */
  async get(path, token, signal, headers = {}) {
    const response = await fetch(path, { headers: { Authorization: `Bearer ${token}`, ...headers }, signal, cache: "no-store" });
    if (response.status === 401) throw new Unauthorized("the hub does not take this token");
    if (!response.ok) throw new Error(`the hub answered ${response.status} to ${path}`);
    const skew = Date.parse(response.headers.get("Date") ?? "") + 500 - Date.now();
    this.board.skew = Math.abs(skew) > 2000 ? skew : 0;
    return response;
  }

  /** @param {string} token @param {AbortController} stop */
  async list(token, stop) {
    this.isListed = false;
    /** @type {LiveEvent[]} */
    const early = (this.early = []);
    const timer = setTimeout(() => stop.abort(new Error("the list of checks took too long")), LIST_MS);
    try {
      const response = await this.get("api/v1/checks", token, stop.signal);
      const list = await response.json();
      // Asked for again meanwhile: the later list holds all that came before it.
      if (this.early !== early) return;
      this.board.replace(list);
      this.early = null;
      this.isListed = true;
      for (const event of early) this.apply(event);
      this.begin();
    } catch (error) {
      stop.abort(error);
    } finally {
      clearTimeout(timer);
    }
  }

  begin() {
    this.wait = FIRST_WAIT_MS;
    this.lamp.on();
  }

  /** @param {{ id: string, name: string, data: string }} message @param {string} token @param {AbortController} stop */
  take(message, token, stop) {
    if (message.id) this.lastId = message.id;
    if (message.name === "reset") return void this.list(token, stop);
    const event = { name: message.name, data: JSON.parse(message.data) };
    if (this.early) this.early.push(event);
    else this.apply(event);
  }

  /** @param {LiveEvent} event */
  apply({ name, data }) {
    if (name === "result") this.board.add(data);
    else if (name === "check") this.board.put(data, false);
    else if (name === "removed") this.board.remove(data.id);
  }
}

/** Says whether what is shown is live. */
class Lamp {
  element = /** @type {HTMLElement} */ (find(document, "#live"));
  /** @type {?Date} */
  since = null;

  /** @param {Board} board */
  constructor(board) {
    this.board = board;
  }

  on() {
    this.since = null;
    this.show("live", "Changes appear here as the hub commits them");
  }

  /** @param {Error} why @param {number} heard when there was last a sign of the hub */
  out(why, heard) {
    this.since ??= new Date(heard);
    this.show(why instanceof Unauthorized ? "not live" : `not live since ${clock(this.since)}, trying again`, why.message);
  }

  /** @param {string} text @param {string} title */
  show(text, title) {
    write(this.element, text);
    hint(this.element, title);
    this.board.isLive = this.since === null;
    document.documentElement.dataset.live = this.board.isLive ? "yes" : "no";
    this.board.later();
  }
}

// ---------------------------------------------------------------- the token

const KEPT_AS = "vedette.token";
const storage = openStorage();

/** A browser told to keep nothing refuses the access itself; the token then lasts as long as the page. */
function openStorage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Has the token, or asks for it. It comes in the fragment, which no server sees, and leaves the address bar at once. */
class Gate {
  section = /** @type {HTMLElement} */ (find(document, "#ask"));
  field = /** @type {HTMLInputElement} */ (find(document, "#token"));
  wrong = /** @type {HTMLElement} */ (find(document, "#wrong"));
  kept = "";
  give = () => {};

  constructor() {
    find(document, "#token-form").addEventListener("submit", event => {
      event.preventDefault();
      // Who pastes the whole address means the token in it.
      this.keep(this.field.value.trim().replace(/^.*#token=/, ""));
    });
    addEventListener("hashchange", () => this.takeFragment());
    // Given in another tab.
    addEventListener("storage", event => event.key === KEPT_AS && event.newValue && this.give());
    this.takeFragment();
  }

  takeFragment() {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (!token) return;
    history.replaceState(null, "", location.pathname + location.search);
    this.keep(token);
  }

  /** @param {string} token */
  keep(token) {
    this.kept = token;
    storage?.setItem(KEPT_AS, token);
    this.give();
  }

  /** @returns {Promise<string>} */
  async token() {
    for (;;) {
      const token = this.kept || storage?.getItem(KEPT_AS);
      if (token) return token;
      this.show(true);
      await new Promise(resolve => (this.give = () => resolve(undefined)));
      this.show(false);
    }
  }

  refuse() {
    this.kept = "";
    storage?.removeItem(KEPT_AS);
    write(this.wrong, "The hub does not take that token. Is it from another hub, or another data directory?");
  }

  /** @param {boolean} isAsking */
  show(isAsking) {
    document.documentElement.classList.toggle("asking", isAsking);
    this.section.hidden = !isAsking;
    this.field.value = "";
    if (isAsking) this.field.focus();
  }
}

// ---------------------------------------------------------------- what people do

/** @param {Board} board */
function listenToFilter(board) {
  const field = /** @type {HTMLInputElement} */ (find(document, "#filter"));
  /** @param {string} text */
  const set = text => {
    field.value = text;
    board.filter(text);
  };
  field.addEventListener("input", () => board.filter(field.value));
  find(document, "#counts").addEventListener("click", event => {
    const button = /** @type {?HTMLElement} */ (/** @type {Element} */ (event.target).closest("button"));
    if (button) set(button.getAttribute("aria-pressed") === "true" ? "" : `is:${button.dataset.state}`);
  });
  addEventListener("keydown", event => {
    if (event.key === "Escape" && document.activeElement === field) set("");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || document.activeElement instanceof HTMLInputElement) return;
    event.preventDefault();
    field.focus();
  });
}

/** Shows the run under the pointer. @param {Board} board */
function listenToStrips(board) {
  const tip = /** @type {HTMLElement} */ (find(document, "#tip"));
  /** @param {PointerEvent} event @returns {?Run} */
  const runAt = event => {
    const strip = /** @type {Element} */ (event.target).closest?.(".strip");
    const row = strip && board.byElement.get(/** @type {Element} */ (strip.closest("tr")));
    if (!strip || !row) return null;
    const box = strip.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - box.left) / box.width) * MOST_RUNS);
    return row.runs[slot - (MOST_RUNS - row.runs.length)] ?? null;
  };
  /** @param {PointerEvent} event */
  const point = event => {
    const run = runAt(event);
    tip.hidden = !run;
    if (!run) return;
    write(tip, describeRun(run));
    const left = Math.min(event.clientX - tip.offsetWidth / 2, innerWidth - tip.offsetWidth - 8);
    const above = event.clientY - tip.offsetHeight - 16;
    tip.style.transform = `translate(${Math.max(8, left)}px, ${above < 8 ? event.clientY + 20 : above}px)`;
  };
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("scroll", () => (tip.hidden = true), { passive: true });
}

const board = new Board();
listenToFilter(board);
listenToStrips(board);
void new Feed(board, new Gate(), new Lamp(board)).run();
