// Without JavaScript everything works that a form and a link can do.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';

for (const size of ['desktop', 'phone']) {
  test(`${size}: the whole journey without scripts`, async (visitor) => {
    const page = await visitor.open('/', { size, javaScriptEnabled: false });
    await page.getByRole('searchbox').fill('怎么申请退货');
    await page.getByRole('button', { name: '搜索' }).click();
    await page.waitForURL('**/search?q=**');
    await page.locator('section.answer').getByRole('link', { name: '怎么申请退货' }).click();
    await page.waitForURL('**/articles/how-to-return**');
    await page.locator('a.zoom').first().click();
    await page.waitForURL('**/files/**.png');
    await page.goBack();
    await page.getByRole('button', { name: '没帮助' }).click();
    await page.waitForURL('**/feedback');
    await page.getByRole('radio').first().check();
    await page.getByRole('textbox', { name: '补充' }).fill('少一步');
    await page.getByRole('button', { name: '提交' }).click();
    await page.getByRole('heading', { name: '谢谢您的反馈' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: '返回文章' }).click();
    await page.waitForURL('**/articles/how-to-return');

    await page.getByRole('searchbox').fill('量子纠缠是什么原理');
    await page.getByRole('button', { name: '搜索' }).click();
    assert.match(await page.locator('main a[data-human]').first().getAttribute('href'), /trail=.{20,}/);
    await page.locator('form.askus').getByRole('button').click();
    await page.getByRole('heading', { name: '已收到您的问题' }).waitFor();

    await page.locator('.langs').getByText('English').locator('..').click();
    await page.getByRole('heading', { name: 'How can we help?' }).waitFor();
  });
}
