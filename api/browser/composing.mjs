// Input methods: what is being composed is not yet what the customer means. Composition is driven as an input method
// does it, through the browser's own protocol.

import assert from 'node:assert/strict';
import { test, cdp } from './harness.mjs';

// composer types letters with an input method, on a page whose requests it counts.
async function composer(page) {
  const session = await cdp(page);
  const requests = [];
  page.on('request', (r) => r.url().includes('/assets/') || requests.push(r.url())); // the icon comes when it likes
  const box = page.getByRole('combobox');
  await box.focus();
  return {
    box,
    requests,
    async compose(letters) {
      for (let n = 1; n <= letters.length; n++) {
        await session.send('Input.imeSetComposition', { text: letters.slice(0, n), selectionStart: n, selectionEnd: n });
      }
    },
    commit: (text) => session.send('Input.insertText', { text }),
    // enter is the key as an input method hands it on, with code 229, or as it is.
    async enter(keyCode) {
      const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: keyCode };
      await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key });
      await session.send('Input.dispatchKeyEvent', { type: 'char', text: '\r', key: 'Enter', code: 'Enter' });
      await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
    },
    // settle waits until everything that was to be sent has been: longer than the page waits after a keystroke.
    settle: () => page.evaluate(() => new Promise((done) => setTimeout(() => requestIdleCallback(done), 400))),
  };
}

test('composing searches nothing; the words that were chosen do', async (visitor) => {
  const page = await visitor.open('/');
  const { box, requests, compose, commit, settle } = await composer(page);
  await compose('tuihuo');
  assert.equal(await box.inputValue(), 'tuihuo');
  await settle();
  assert.deepEqual(requests, [], 'requests while composing');
  assert.equal(await page.getByRole('listbox').isVisible(), false);

  const asked = page.waitForRequest('**/api/v1/complete?**');
  await commit('退货');
  assert.equal(new URL((await asked).url()).searchParams.get('q'), '退货');
  await page.getByRole('option').first().waitFor();
  assert.equal(requests.length, 1, requests.join(' '));

  await compose('liucheng'); // a second word: the list of the first must not stay
  assert.equal(await page.getByRole('listbox').isVisible(), false);
  await settle();
  assert.equal(requests.length, 1, requests.join(' '));
});

test('keys of the input method neither submit, choose nor open', async (visitor) => {
  const page = await visitor.open('/');
  const { box, requests, compose, commit, enter, settle } = await composer(page);
  await compose('tuihuo');
  await enter(229); // takes the letters as they are
  await enter(13); // and a browser that does not say whose key it is
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await settle();
  assert.deepEqual(requests, []);
  assert.equal(new URL(page.url()).pathname, '/');

  await commit('退货');
  await page.getByRole('option').first().waitFor();
  await enter(229); // Safari: compositionend comes before the key that confirmed
  await settle();
  assert.equal(new URL(page.url()).pathname, '/');
  assert.equal(await box.inputValue(), '退货');

  await page.keyboard.press('Enter'); // the customer's own
  await page.waitForURL('**/search?q=**');
});

test('what is composed and given up leaves nothing behind', async (visitor) => {
  const page = await visitor.open('/');
  const { box, requests, compose, commit, settle } = await composer(page);
  await compose('tui');
  await commit('');
  await settle();
  assert.equal(await box.inputValue(), '');
  assert.deepEqual(requests, []);
  await box.pressSequentially('baoxiu'); // letters without an input method are searched
  await page.getByRole('option').first().waitFor();
});
