// Networks that are slow, or gone.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';

const failed = /Failed to load resource|ERR_INTERNET_DISCONNECTED|ERR_FAILED/;

test('offline: the box stays a box, feedback says that it was not sent, and both come back', async (visitor) => {
  const page = await visitor.open('/articles/how-to-return', { expect: failed });
  await page.context().setOffline(true);
  const tried = page.waitForEvent('requestfailed', (r) => r.url().includes('/complete'));
  await page.getByRole('combobox').pressSequentially('退款');
  await tried;
  assert.equal(await page.getByRole('listbox').isVisible(), false);
  await page.getByRole('button', { name: '有帮助', exact: true }).click();
  await page.getByText('没有提交成功').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: '有帮助', exact: true }).click();
  await page.getByText('谢谢您的反馈').waitFor();
  await page.getByRole('combobox').fill('保修');
  await page.getByRole('option').first().waitFor();
});

test('slow: late suggestions do not replace newer ones, nor open after the customer went on', async (visitor) => {
  const held = [];
  const page = await visitor.open('/', {
    expect: failed,
    prepare: (page) => page.route('**/api/v1/complete?*', async (route) => {
      if (new URL(route.request().url()).searchParams.get('q') === '退') held.push(route);
      else await route.continue();
    }),
  });
  const box = page.getByRole('combobox');
  const asked = page.waitForRequest('**/api/v1/complete?**');
  await box.pressSequentially('退');
  await asked;
  await box.pressSequentially('款');
  await page.getByRole('option').first().waitFor();
  const shown = await page.getByRole('option').allInnerTexts();
  for (const route of held) await route.continue().catch(() => {}); // the page gave it up
  assert.deepEqual(await page.getByRole('option').allInnerTexts(), shown);
  assert.ok(shown.every((s) => s.includes('退款')), shown.join('\n'));
});

test('slow: the page is read before its scripts are there, and the form works without them', async (visitor) => {
  const page = await visitor.open('/search?q=怎么申请退货', {
    expect: failed,
    prepare: (page) => page.route('**/*.js', (route) => route.abort()),
  });
  await page.locator('section.answer').waitFor();
  await page.locator('section.answer').getByRole('button', { name: '有帮助', exact: true }).click();
  await page.getByRole('heading', { name: '谢谢您的反馈' }).waitFor();
  await page.getByRole('searchbox').fill('退款');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/search?q=**');
});

test('a server that is busy leaves the box alone', async (visitor) => {
  const page = await visitor.open('/', {
    expect: /Failed to load resource: the server responded with a status of 503/,
    prepare: (page) => page.route('**/api/v1/complete?*', (route) => route.fulfill({ status: 503, body: '{}' })),
  });
  const tried = page.waitForResponse('**/api/v1/complete?**');
  await page.getByRole('combobox').pressSequentially('退款');
  await tried;
  assert.equal(await page.getByRole('listbox').isVisible(), false);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/search?q=**');
});
