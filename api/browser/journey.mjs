// What customers do, on a computer and on a phone.

import assert from 'node:assert/strict';
import { test, sites } from './harness.mjs';

const box = (page) => page.getByRole('combobox');

for (const size of ['desktop', 'phone']) {
  test(`${size}: typing finds a question, which opens the answer`, async (visitor) => {
    const page = await visitor.open('/', { size });
    await box(page).click();
    await box(page).pressSequentially('tuihuo'); // pinyin
    await page.getByRole('option').filter({ hasText: '怎么申请退货' }).first().click();
    await page.waitForURL('**/articles/how-to-return**');
    await page.getByRole('heading', { level: 1, name: '怎么申请退货' }).waitFor();
  });

  test(`${size}: a sure answer stands on top, and takes feedback`, async (visitor) => {
    const page = await visitor.open('/', { size });
    await box(page).fill('怎么申请退货');
    await box(page).press('Enter');
    await page.waitForURL('**/search?q=**');
    const answer = page.locator('section.answer');
    await answer.getByRole('heading', { name: '怎么申请退货' }).waitFor();
    const answers = await answer.boundingBox();
    assert.ok(answers.y < 300, `the answer begins at ${answers.y}`);
    assert.match(await answer.innerText(), /寄回/);
    await answer.getByRole('button', { name: '有帮助', exact: true }).click();
    await answer.getByText('谢谢您的反馈').waitFor();
  });

  test(`${size}: a broad question offers a choice; no help asks why`, async (visitor) => {
    const page = await visitor.open('/search?q=退款', { size });
    const choices = page.locator('section.choices').getByRole('link');
    assert.ok((await choices.count()) >= 2);
    await choices.first().click();
    await page.waitForURL('**/articles/**');
    const feedback = page.locator('form.feedback');
    await feedback.getByRole('button', { name: '没帮助' }).click();
    await feedback.getByRole('radio').first().check();
    await feedback.getByRole('textbox').fill('步骤和页面对不上');
    const sent = page.waitForRequest((r) => r.url().endsWith('/feedback') && r.postData().includes('comment'));
    await feedback.getByRole('button', { name: '提交' }).click();
    assert.match((await sent).postData(), /type=unhelpful/);
    await feedback.getByText('谢谢您的反馈').waitFor();
  });

  test(`${size}: a rescue is shown, and taken back`, async (visitor) => {
    const page = await visitor.open('/search?q=tuikuan', { size });
    await page.getByText(/退款/).first().waitFor();
    await page.locator('.note').getByRole('link', { name: /tuikuan/ }).click();
    await page.waitForURL('**rescue=false**');
    assert.equal(await page.locator('.note').getByRole('link', { name: /tuikuan/ }).count(), 0);
    assert.equal(await box(page).inputValue(), 'tuikuan');
  });

  test(`${size}: where nothing is found there is a human, and the editors`, async (visitor) => {
    const page = await visitor.open('/search?q=量子纠缠是什么原理', { size });
    const human = page.locator('main a[data-human]').first();
    assert.match(await human.getAttribute('href'), /^https:\/\/example\.com\/chat\?trail=.{20,}/);
    const ask = page.locator('form.askus');
    assert.equal(await ask.locator('textarea').inputValue(), '量子纠缠是什么原理');
    await ask.getByRole('button').click();
    await page.waitForURL('**/ask');
    await page.getByRole('heading', { name: '已收到您的问题' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: '首页' }).click();
    await page.waitForURL(sites.sample + '/');
  });

  test(`${size}: the trail of a search reaches the human from every later page, and no address`, async (visitor) => {
    const page = await visitor.open('/search?q=怎么申请退货', { size });
    await box(page).fill('保修期是多久');
    await box(page).press('Enter');
    await page.locator('section.answer').getByText('保修期').first().waitFor();
    assert.equal(new URL(page.url()).searchParams.has('t'), false);
    const second = await page.locator('a[data-human]').first().getAttribute('href');
    await page.goto(sites.sample + '/');
    assert.equal(await page.locator('a[data-human]').first().getAttribute('href'), second);
  });

  test(`${size}: categories lead to articles, page by page`, async (visitor) => {
    const page = await visitor.open('/', { size });
    const topic = page.locator('.topics').getByRole('link', { name: '退换货' });
    await topic.click();
    await page.waitForURL('**category=**');
    await page.locator('.results').getByRole('link').first().click();
    await page.waitForURL('**/articles/**');
    await page.getByRole('navigation', { name: '当前位置' }).getByRole('link').last().click();
    await page.waitForURL('**category=**');
    await page.goto(sites.sample + '/search?q=退货');
    await page.getByRole('link', { name: '下一页' }).click();
    await page.waitForURL('**offset=10**');
    await page.getByRole('link', { name: '上一页' }).waitFor();
  });

  test(`${size}: images open above the page`, async (visitor) => {
    const page = await visitor.open('/articles/how-to-return', { size });
    await page.locator('a.zoom').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('img', { name: /退货流程图/ }).waitFor();
    await dialog.getByRole('button').click();
    await dialog.waitFor({ state: 'hidden' });
    assert.match(page.url(), /how-to-return$/);
  });

  test(`${size}: training is for paper, too`, async (visitor) => {
    const page = await visitor.open('/articles/bt200-guide', { size });
    const download = page.waitForEvent('download');
    await page.locator('a[download]').click();
    assert.match((await download).suggestedFilename(), /SL-BT200.*\.md$/);
    await page.getByRole('link', { name: '打印版' }).click();
    await page.waitForURL('**/print/**');
    await page.evaluate(() => (window.print = () => (document.body.dataset.printed = 'yes')));
    await page.getByRole('button', { name: '打印' }).click();
    await page.locator('body[data-printed]').waitFor();
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.tools').isVisible(), false);
  });

  test(`${size}: the language is chosen once`, async (visitor) => {
    const page = await visitor.open('/', { size });
    const languages = page.locator('.langs');
    await languages.getByText('English').locator('..').click();
    await page.waitForURL('**lang=en**');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await box(page).fill('退款');
    await box(page).press('Enter');
    await page.waitForURL('**/search?**lang=en**');
    await page.getByRole('main').getByRole('link', { name: '怎么申请退款' }).first().click();
    await page.waitForURL('**/articles/**lang=en**');
    await page.getByText('Did this help?').waitFor();
  });
}

test('the interface speaks the language of the browser', async (visitor) => {
  for (const [lang, heading] of [['zh-CN', '有什么可以帮您'], ['zh-HK', '有什麼可以幫您'], ['en-GB', 'How can we help?'], ['de', '有什么可以帮您']]) {
    const page = await visitor.open('/', { lang });
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }
});

test('nothing is wider than the screen', async (visitor) => {
  for (const size of ['narrow', 'desktop']) {
    const page = await visitor.open('/', { size, expect: /404/ });
    for (const path of ['/', '/search?q=怎么申请退货', '/search?q=退款', '/search?q=量子纠缠', '/search?q=tuikuan&lang=en', '/search?category=退换货',
      '/articles/how-to-return', '/articles/find-serial-number', '/nowhere']) {
      await page.goto(sites.sample + path);
      const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(wide <= screen, `${path} is ${wide} wide on ${screen}`);
    }
  }
});
