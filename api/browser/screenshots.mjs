// Writes pictures of the main states to the folder that is its argument, one file per state, size, theme and language.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, sites, sizes } from './harness.mjs';

const states = {
  home: ['/'],
  suggestions: ['/', async (page) => {
    await page.getByRole('combobox').pressSequentially('tuihuo');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
  }],
  answer: ['/search?q=怎么申请退货'],
  choose: ['/search?q=退款'],
  rescued: ['/search?q=tuikuan'],
  none: ['/search?q=量子纠缠是什么原理'],
  category: ['/search?category=退换货'],
  article: ['/articles/how-to-return'],
  training: ['/articles/bt200-guide'],
  print: ['/print/bt200-guide'],
  feedback: ['/articles/refund-time', async (page) => {
    await page.locator('form.feedback button[value=unhelpful]').first().click();
    await page.getByRole('radio').first().waitFor();
  }],
  image: ['/articles/how-to-return', async (page) => {
    await page.locator('a.zoom').first().click();
    await page.locator('dialog img').evaluate((image) => image.decode());
  }],
  missing: ['/articles/nowhere'],
};

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
const browser = await launch();
for (const size of ['desktop', 'phone']) {
  for (const dark of [false, true]) {
    for (const lang of ['zh-CN', 'zh-TW', 'en']) {
      if (dark && lang !== 'zh-CN') continue; // the colours are the same
      const context = await browser.newContext({ ...sizes[size], locale: lang, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
      for (const [name, [path, act]] of Object.entries(states)) {
        const page = await context.newPage();
        await page.goto(sites.sample + path);
        await act?.(page);
        const file = [name, size, dark ? 'dark' : 'light', lang].join('-') + '.png';
        await page.screenshot({ path: join(folder, file), fullPage: !act });
        await page.close();
      }
      await context.close();
    }
  }
}
await browser.close();
