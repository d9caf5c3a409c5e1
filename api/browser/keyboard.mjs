// Everything without a mouse.

import assert from 'node:assert/strict';
import { test } from './harness.mjs';

test('the keyboard reaches the content, the suggestions and back', async (visitor) => {
  const page = await visitor.open('/search?q=怎么申请退货');
  const box = page.getByRole('combobox');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');

  await box.fill('');
  await box.pressSequentially('退款');
  await page.getByRole('option').first().waitFor();
  assert.equal(await box.getAttribute('aria-expanded'), 'true');
  assert.equal(await box.getAttribute('aria-activedescendant'), null);
  const active = () => page.evaluate(() => {
    const id = document.querySelector('[role=combobox]').getAttribute('aria-activedescendant');
    return id && [...document.querySelectorAll('[role=option]')].findIndex((o) => o.id === id && o.ariaSelected === 'true');
  });
  const count = await page.getByRole('option').count();
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), 0);
  await page.keyboard.press('ArrowUp');
  assert.equal(await active(), null); // back in the box
  await page.keyboard.press('ArrowUp');
  assert.equal(await active(), count - 1);
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('listbox').isVisible(), false);
  assert.equal(await box.inputValue(), '退款');
  await page.keyboard.press('ArrowDown'); // opens it again
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/articles/**');
});

test('leaving the box closes the suggestions', async (visitor) => {
  const page = await visitor.open('/');
  await page.getByRole('combobox').pressSequentially('退款');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Tab');
  await page.getByRole('listbox').waitFor({ state: 'hidden' });
});

test('every place of a page can be reached, and is seen to have the focus', async (visitor) => {
  for (const path of ['/', '/search?q=怎么申请退货', '/search?q=退款', '/search?q=量子纠缠是什么原理', '/articles/how-to-return']) {
    const page = await visitor.open(path);
    const expected = await page.evaluate(() =>
      [...document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea, select, summary')]
        .filter((e) => e.checkVisibility() && e.tabIndex >= 0 && !e.disabled).length);
    await page.evaluate(() => document.activeElement.blur());
    const reached = new Set();
    for (let n = 0; n < expected + 5; n++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const e = document.activeElement;
        if (e === document.body) return null;
        const style = getComputedStyle(e);
        window.visited ??= [];
        if (!window.visited.includes(e)) window.visited.push(e);
        return {
          n: window.visited.indexOf(e),
          seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
          what: e.outerHTML.slice(0, 100),
        };
      });
      if (!at) continue;
      assert.ok(at.seen, `${path}: no outline on ${at.what}`);
      reached.add(at.n);
    }
    assert.ok(reached.size >= expected, `${path}: ${reached.size} of ${expected} places`);
  }
});

test('feedback and images by keyboard', async (visitor) => {
  const page = await visitor.open('/articles/how-to-return');
  const image = page.locator('a.zoom').first();
  await image.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.ok(await image.evaluate((e) => e === document.activeElement), 'the focus is back on the image');
  await page.getByRole('button', { name: '没帮助' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('radio').first().waitFor();
  await page.waitForFunction(() => document.activeElement.type === 'radio');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.type('图看不清');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('谢谢您的反馈').waitFor();
});
