// A thousand results, and an article of twenty screens: see largeSite in the Go test.

import assert from 'node:assert/strict';
import { test, sites } from './harness.mjs';

test('a thousand results are pages of ten, up to the last', async (visitor) => {
  const page = await visitor.open('/search?q=网络', { site: 'large', size: 'phone' });
  assert.equal(await page.locator('.results > li').count() + await page.locator('.choices li').count(), 10);
  await page.getByRole('link', { name: '下一页' }).click();
  await page.waitForURL('**offset=10**');
  assert.equal(await page.locator('.results > li').count(), 10);
  for (const list of ['q=网络', 'category=网络']) {
    await page.goto(sites.large + '/search?' + list + '&offset=123456789'); // leads to the last
    assert.ok(await page.locator('.results > li').count() > 0, list);
    const [, number, pages] = /第 (\d+) 页，共 (\d+) 页/.exec(await page.locator('.pages').innerText());
    assert.equal(number, pages);
    assert.equal(await page.getByRole('link', { name: '下一页' }).count(), 0);
    await page.getByRole('link', { name: '上一页' }).click();
    await page.getByRole('link', { name: '下一页' }).waitFor();
  }
  await page.goto(sites.large + '/search?category=网络&offset=123456789');
  assert.match(await page.locator('.pages').innerText(), /共 100 页/);
});

for (const size of ['desktop', 'phone']) {
  test(`${size}: an article of twenty screens`, async (visitor) => {
    const page = await visitor.open('/articles/long', { site: 'large', size });
    const screens = await page.evaluate(() => document.documentElement.scrollHeight / innerHeight);
    assert.ok(screens >= 20, `${screens} screens`);
    const contents = page.locator('nav.contents');
    const last = contents.getByRole('link').last();
    if (!await last.isVisible()) await contents.locator('summary').click();
    await last.click();
    const heading = page.locator('.text :target');
    await page.waitForFunction(() => {
      const box = document.querySelector('.text :target')?.getBoundingClientRect();
      return box && box.top >= 0 && box.bottom <= innerHeight;
    });
    assert.equal(await heading.innerText(), (await last.innerText()));
    if (size === 'desktop') assert.ok(await contents.evaluate((e) => e.getBoundingClientRect().bottom > 0), 'the contents stay in sight');
    const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= screen, `${wide} wide on ${screen}`);
  });
}
