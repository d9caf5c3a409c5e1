// What attackers write, into articles and into the search box: see payloads.txt. The policy of the pages would stop most of
// it, so it is switched off here: nothing hostile may get as far as that. A dialog is a fault in every test.

import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { test, sites } from './harness.mjs';

const payloads = readFileSync(new URL('payloads.txt', import.meta.url), 'utf8').split('\n').filter(Boolean);
const outside = { test: () => true }; // images of articles may be anywhere; what is loaded is looked at below

// examine finds what could run, or lead where a reader does not mean to go, and makes happen what waits for the reader.
async function examine(page, where) {
  const found = await page.evaluate(() => {
    const bad = [];
    for (const e of document.querySelectorAll('*')) {
      for (const a of e.attributes) {
        if (/^on/i.test(a.name) || a.name === 'style' || a.name === 'srcdoc' || a.name === 'formaction') bad.push(e.outerHTML);
      }
      for (const name of ['href', 'src', 'action', 'data']) {
        const url = typeof e[name] === 'string' && e.getAttribute(name) && URL.parse(e[name], location.href);
        if (url && !/^(https?|mailto|tel):$/.test(url.protocol)) bad.push(e.outerHTML);
      }
      if (/^(iframe|object|embed|base|style|math|foreignObject|animate|template)$/i.test(e.localName)) bad.push(e.outerHTML);
      if (e.localName === 'meta' && e.httpEquiv) bad.push(e.outerHTML);
      if (e.localName === 'script' && e.type !== 'application/ld+json' && new URL(e.src).origin !== location.origin) bad.push(e.outerHTML);
      if (e.localName === 'link' && e.rel === 'stylesheet' && new URL(e.href).origin !== location.origin) bad.push(e.outerHTML);
      if (e.localName === 'a' && e.origin !== location.origin && /^http/.test(e.protocol) && e.closest('.text')
        && !(e.relList.contains('noopener') && e.relList.contains('noreferrer') && e.relList.contains('nofollow'))) bad.push(e.outerHTML);
    }
    for (const e of document.querySelectorAll('.text *')) {
      for (const type of ['mouseover', 'focus', 'toggle', 'load', 'error']) e.dispatchEvent(new Event(type));
    }
    return bad;
  });
  assert.deepEqual(found, [], where);
}

const quiet = { bypassCSP: true, outside, expect: /Failed to load resource|ERR_|preloaded/ };
// Nothing leaves this machine, whatever a page asks for.
const inside = (page) => page.route((url) => url.origin !== sites.large && url.origin !== sites.sample, (route) => route.abort());

test('hostile articles do nothing', async (visitor) => {
  const page = await visitor.open(undefined, { site: 'large', ...quiet, prepare: inside });
  for (let n = 0; n < payloads.length; n++) {
    await page.goto(`${sites.large}/articles/hostile-${n}`, { waitUntil: 'load' });
    assert.equal(await page.locator('article').count(), 1, payloads[n]);
    await examine(page, payloads[n]);
  }
  for (let offset = 0; offset < payloads.length; offset += 10) { // their titles, in a list
    await page.goto(`${sites.large}/search?category=${encodeURIComponent('攻击')}&offset=${offset}`);
    await examine(page, `list from ${offset}`);
  }
});

test('hostile questions do nothing', async (visitor) => {
  const page = await visitor.open(undefined, { site: 'sample', ...quiet, prepare: inside });
  for (const payload of payloads) {
    await page.goto(`${sites.sample}/search?q=${encodeURIComponent(payload)}`);
    assert.equal(await page.getByRole('combobox').inputValue(), payload);
    await examine(page, payload);
  }
  for (const parameter of ['lang', 'category', 'offset', 'rescue', 't', 's']) {
    await page.goto(`${sites.sample}/search?q=退款&${parameter}=${encodeURIComponent(payloads.at(-30))}`);
    await examine(page, parameter);
  }
});

test('hostile suggestions do nothing', async (visitor) => {
  const page = await visitor.open('/', { site: 'large', ...quiet, prepare: inside });
  await page.getByRole('combobox').fill('攻击');
  await page.getByRole('option').first().waitFor();
  assert.match(await page.getByRole('listbox').innerText(), /[<(]/);
  await examine(page, 'suggestions');
});

test('attachments run no script', async (visitor) => {
  for (const name of ['attack.svg', 'attack.html', 'attack.xml', 'attack.xhtml']) {
    const page = await visitor.open(undefined, { site: 'large', expect: /Blocked script execution|404|Content Security Policy|sandbox/ });
    const response = await page.goto(`${sites.large}/files/faq/攻击/${name}`);
    if (name !== 'attack.svg') {
      assert.equal(response.status(), 404, name);
      continue;
    }
    assert.match(response.headers()['content-security-policy'], /default-src 'none'.*sandbox/);
    assert.equal(response.headers()['x-content-type-options'], 'nosniff');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.ran), undefined);
  }
});

test('no address leads to another site', async (visitor) => {
  const page = await visitor.open('/');
  for (const path of ['//evil.example', '//evil.example/..', '/\\evil.example', '/%2F%2Fevil.example', '/articles//evil.example', '/articles/%2F%2Fevil.example',
    '/search?lang=//evil.example', '/search?q=&lang=https://evil.example', '/?url=https://evil.example', '/%0d%0aLocation:%20https://evil.example',
    '/faq/../../evil.example', '/search?category=//evil.example&offset=90', '/print//evil.example', '/files//evil.example']) {
    const response = await page.context().request.get(sites.sample + path, { maxRedirects: 0, headers: { Accept: 'text/html' } });
    const location = response.headers().location;
    if (location) assert.equal(new URL(location, sites.sample + '/').origin, sites.sample, `${path} leads to ${location}`);
  }
});
