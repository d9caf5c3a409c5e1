// Accessibility, by axe: no violation on any page, in three languages and both themes.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { test, sites } from './harness.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const pages = ['/', '/search?q=怎么申请退货', '/search?q=退款', '/search?q=tuikuan', '/search?q=量子纠缠是什么原理', '/search?category=退换货',
  '/articles/how-to-return', '/articles/bt200-guide',
  '/print/bt200-guide', '/nowhere'];

// violations asks axe, about everything or about some rules.
async function violations(page, rules) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (rules) => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} ${n.failureSummary}`));
  }, rules);
  return found;
}

for (const lang of ['zh-CN', 'zh-TW', 'en']) {
  test(`axe: ${lang}`, async (visitor) => {
    const page = await visitor.open('/', { lang, size: lang === 'zh-TW' ? 'phone' : 'desktop', expect: /404/ });
    for (const path of pages) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(sites.sample + path);
      assert.deepEqual(await violations(page), [], path);
      await page.emulateMedia({ colorScheme: 'dark' }); // nothing but colours differs
      assert.deepEqual(await violations(page, ['color-contrast', 'link-in-text-block']), [], path + ', dark');
    }
  });
}

test('axe: what opens', async (visitor) => {
  for (const dark of [false, true]) {
    const page = await visitor.open('/', { dark, size: dark ? 'phone' : 'desktop' });
    await page.getByRole('combobox').pressSequentially('退款');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await violations(page), [], 'suggestions');
    await page.goto(sites.sample + '/articles/how-to-return');
    await page.getByRole('button', { name: '没帮助' }).click();
    await page.getByRole('radio').first().waitFor();
    assert.deepEqual(await violations(page), [], 'feedback');
    await page.locator('a.zoom').first().click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await violations(page), [], 'image');
  }
});
