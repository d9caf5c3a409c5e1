// The widget, on a page of another origin whose policy allows scripts and requests of ours and no style at all.

import assert from 'node:assert/strict';
import { test, cdp, sites } from './harness.mjs';

const outside = { test: (origin) => origin === sites.sample };

for (const size of ['desktop', 'phone']) {
  test(`widget, ${size}: opens, suggests, answers and leads on`, async (visitor) => {
    const page = await visitor.open('/', { site: 'other', size, outside });
    await page.getByRole('button', { name: '帮助' }).click();
    const box = page.getByRole('combobox');
    await box.pressSequentially('tuihuo');
    await page.getByRole('option').first().waitFor();
    await box.fill('怎么申请退货');
    await page.getByRole('button', { name: '搜索' }).click();
    await page.getByRole('heading', { name: '怎么申请退货' }).waitFor();
    const more = page.getByRole('link', { name: '查看全文' });
    assert.equal(new URL(await more.getAttribute('href')).origin, sites.sample);
    assert.equal(await more.getAttribute('rel'), 'noopener');
    const panel = await page.locator('section.panel').boundingBox();
    const screen = page.viewportSize();
    assert.ok(panel.x >= 0 && panel.x + panel.width <= screen.width && panel.y >= 0 && panel.y + panel.height <= screen.height, JSON.stringify(panel));
    assert.equal(await page.locator('section.panel').evaluate((e) => getComputedStyle(e).borderRadius), '14px', 'its style sheet applies');
    await page.getByRole('button', { name: '关闭' }).click();
    await page.getByRole('button', { name: '帮助' }).waitFor();
  });
}

test('widget: choices by keyboard, a human where nothing is found', async (visitor) => {
  const page = await visitor.open('/inside', { site: 'other', outside });
  const box = page.locator('#help').getByRole('combobox');
  await box.fill('退款');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('listbox').isVisible(), false);
  await page.keyboard.press('Enter');
  await page.getByText('您想问的是哪一个').waitFor();
  assert.ok(await page.locator('#help').getByRole('listitem').count() >= 2);
  await box.fill('量子纠缠是什么原理');
  await page.keyboard.press('Enter');
  const human = page.getByRole('link', { name: '联系人工客服' });
  assert.match(await human.getAttribute('href'), /^https:\/\/example\.com\/chat\?trail=.{20,}/);
});

test('widget: nothing is asked while an input method composes', async (visitor) => {
  const page = await visitor.open('/inside', { site: 'other', outside });
  const requests = [];
  const session = await cdp(page);
  const box = page.getByRole('combobox');
  await box.focus();
  page.on('request', (r) => requests.push(r.url()));
  for (const text of ['t', 'tu', 'tuik']) {
    await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  }
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await session.send('Input.dispatchKeyEvent', { type: 'char', text: '\r', key: 'Enter', code: 'Enter' });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
  await page.evaluate(() => new Promise((done) => setTimeout(done, 400))); // longer than the widget waits after a keystroke
  assert.deepEqual(requests, []);
  const asked = page.waitForRequest('**/api/v1/complete?**');
  await session.send('Input.insertText', { text: '退款' });
  assert.equal(new URL((await asked).url()).searchParams.get('q'), '退款');
  await page.getByRole('option').first().waitFor();
});

test('widget: it says so when the help centre cannot be reached', async (visitor) => {
  const page = await visitor.open('/inside', { site: 'other', outside, expect: /Failed to load resource/ });
  await page.context().setOffline(true);
  await page.getByRole('combobox').fill('退款');
  await page.keyboard.press('Enter');
  await page.getByText('暂时连不上').waitFor();
});

test('widget: less than 15 kB', async (visitor) => {
  const page = await visitor.open('/', { site: 'other', outside });
  const response = await page.context().request.get(sites.sample + '/widget.js', { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(response.headers()['content-encoding'], 'gzip');
  assert.ok(Number(response.headers()['content-length']) < 15_000, response.headers()['content-length']);
});
