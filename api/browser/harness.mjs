// What every test of the pages stands on: one browser, a fresh context per visit, and a watch on what no page of ours may
// do. Tests wait for states, never for time.

import { chromium } from 'playwright-core';

export const sizes = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  narrow: { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true },
};

// The sites under test: "sample" is the built-in one, "large" is made by the Go test, "other" embeds the widget.
export const sites = JSON.parse(process.env.SITES);

const tests = [];

// test adds a test. It gets a Visitor.
export function test(name, run) {
  tests.push({ name, run });
}

// A Visitor opens pages, and keeps what they did wrong.
class Visitor {
  #browser;
  #contexts = [];
  #faults = [];

  constructor(browser) {
    this.#browser = browser;
  }

  // open visits a page of a site, or none yet. "expect" is a pattern of console messages that are part of the test, such as that of a
  // request that fails; "outside" of other origins that the page may load from.
  async open(path, { site = 'sample', size = 'desktop', lang = 'zh-CN', dark = false, expect, outside, prepare, ...more } = {}) {
    const context = await this.#browser.newContext({
      ...sizes[size],
      locale: lang,
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce', // scrolling does not take time
      ...more,
    });
    this.#contexts.push(context);
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const fault = (text) => {
      if (!expect?.test(text)) this.#faults.push(text);
    };
    page.on('pageerror', (e) => fault(`script failed: ${e}`));
    page.on('console', (m) => {
      if (['error', 'warning'].includes(m.type())) fault(`console: ${m.text()} (${m.location().url})`);
    });
    page.on('dialog', (d) => {
      fault(`a dialog opened: ${d.message()}`);
      d.dismiss();
    });
    page.on('request', (r) => {
      const url = new URL(r.url());
      if (/^https?:$/.test(url.protocol) && url.origin !== sites[site] && !outside?.test(url.origin)) {
        fault(`request to another origin: ${url}`);
      }
    });
    await prepare?.(page, context);
    if (path) await page.goto(sites[site] + path);
    return page;
  }

  async close() {
    for (const context of this.#contexts) await context.close();
    if (this.#faults.length > 0) throw new Error([...new Set(this.#faults)].join('\n'));
  }
}

// cdp is the browser's own protocol, for what Playwright cannot do.
export const cdp = (page) => page.context().newCDPSession(page);

// run runs the tests whose names match ONLY, all without it, two at a time, and writes a line of JSON for each.
export async function run() {
  process.on('unhandledRejection', () => {}); // a wait that was begun before the step that failed the test
  const browser = await launch();
  const only = new RegExp(process.env.ONLY ?? '');
  const waiting = tests.filter(({ name }) => only.test(name));
  const worker = async () => {
    for (let next; (next = waiting.shift()); ) await one(browser, next);
  };
  await Promise.all([worker(), worker()]);
  await browser.close();
}

async function one(browser, { name, run }) {
  const visitor = new Visitor(browser);
  const start = Date.now();
  const errors = [];
  for (const step of [() => run(visitor), () => visitor.close()]) {
    try {
      await step();
    } catch (e) {
      errors.push(e.stack);
    }
  }
  console.log(JSON.stringify({ name, error: errors.join('\n'), ms: Date.now() - start }));
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    chromiumSandbox: process.getuid() !== 0, // Chromium has none for root
    args: ['--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
}
