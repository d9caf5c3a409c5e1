// The search of this help centre on pages of other sites:
//
//   <script src="https://help.example.com/widget.js" data-target="#help" async></script>
//
// One script, no style sheet of the page's, no cookie. It needs script-src and connect-src of this origin in a content
// security policy, and nothing else: its style is a constructed style sheet in a shadow tree. See docs/widget.md.
(() => {
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const lang = language(script.dataset.lang || document.documentElement.lang || navigator.language);
  const say = {
    'zh-CN': ['有什么可以帮您？', '输入您的问题', '搜索', '关闭', '这是您要找的吗？', '您想问的是哪一个？', '没有找到确切的答案', '查看全文', '暂时连不上，请稍后再试。', '打开帮助中心', '帮助'],
    'zh-TW': ['有什麼可以幫您？', '輸入您的問題', '搜尋', '關閉', '這是您要找的嗎？', '您想問的是哪一個？', '沒有找到確切的答案', '查看全文', '暫時連不上，請稍後再試。', '開啟說明中心', '說明'],
    en: ['How can we help?', 'Type your question', 'Search', 'Close', 'Is this what you were looking for?', 'Which one do you mean?', 'There is no exact answer', 'Read more', 'That did not work. Please try again later.', 'Open the help centre', 'Help'],
  }[lang];
  const [title, placeholder, searchText, closeText, answerText, chooseText, noneText, moreText, failedText, homeText, helpText] = say;

  function language(tag) {
    if (/^zh\b.*\b(hant|tw|hk|mo)\b/i.test(tag)) return 'zh-TW';
    return /^zh\b/i.test(tag) ? 'zh-CN' : 'en';
  }

  // element makes an element from a name, attributes and children; text never becomes markup.
  function element(name, attributes = {}, ...children) {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    e.append(...children);
    return e;
  }

  // link leads to an address of the help centre, or to the human; never to a script.
  function link(address, text, attributes) {
    const to = new URL(address, home);
    const safe = /^(https?|mailto|tel):$/.test(to.protocol);
    return element('a', { ...(safe && { href: to.href }), target: '_blank', rel: 'noopener', ...attributes }, text);
  }

  const host = element('div', { lang });
  const root = host.attachShadow({ mode: 'open' });
  const style = new CSSStyleSheet();
  const accent = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(script.dataset.accent ?? '') ? script.dataset.accent : '#0f6e5a';
  style.replaceSync(`
    :host { all: initial; display: block; color-scheme: light dark; --accent: ${accent}; --link: ${accent}; --paper: #fff; --ink: #1c2024; --dim: #5c646b; --line: #d9dbd8; --tint: #f1f4f3;
      font: 16px/1.6 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: var(--ink); }
    @media (prefers-color-scheme: dark) { :host { --link: color-mix(in srgb, ${accent} 45%, #fff); --paper: #1a1d1f; --ink: #e8eaeb; --dim: #9ba3aa; --line: #3a4043; --tint: #25292b; } }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    button { font: inherit; font-weight: 600; min-height: 44px; padding: 0 1rem; color: #fff; background: var(--accent); border: 0; border-radius: 10px; cursor: pointer; }
    .open { border-radius: 22px; box-shadow: 0 4px 16px rgb(0 0 0 / .25); }
    .floating { position: fixed; z-index: 2147483000; right: max(16px, env(safe-area-inset-right)); bottom: max(16px, env(safe-area-inset-bottom)); text-align: right; }
    .panel { text-align: left; color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 16px; }
    .floating .panel { width: min(380px, calc(100vw - 32px)); max-height: min(600px, calc(100vh - 32px)); overflow-y: auto; box-shadow: 0 8px 32px rgb(0 0 0 / .25); }
    header { display: flex; justify-content: space-between; align-items: center; margin: 0 0 8px; }
    h2 { font-size: 1.0625rem; margin: 0; }
    .close { color: var(--dim); background: none; padding: 0; width: 44px; font-size: 1.4rem; }
    form { display: flex; gap: 8px; position: relative; margin: 0; }
    input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--dim); border-radius: 10px; padding: 0 12px; min-height: 44px; flex: 1; min-width: 0; }
    ul { list-style: none; margin: 8px 0 0; padding: 0; }
    li[role=option] { padding: 10px 12px; border-radius: 8px; cursor: pointer; }
    li[role=option]:hover, li[aria-selected=true] { background: var(--tint); box-shadow: inset 3px 0 var(--link); }
    .result { margin-top: 12px; }
    .result h3 { font-size: 1rem; margin: 4px 0; }
    .result li { border-top: 1px solid var(--line); padding: 10px 0; }
    .text { white-space: pre-line; overflow-wrap: anywhere; }
    .dim { color: var(--dim); font-size: .875rem; margin: 0; }
    .human { display: block; margin-top: 12px; font-weight: 600; }
    .home { display: inline-block; margin-top: 12px; font-size: .875rem; }`);
  root.adoptedStyleSheets = [style];

  const input = element('input', {
    type: 'search', 'aria-label': title, placeholder, maxlength: '500', autocomplete: 'off', enterkeyhint: 'search',
    role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'list',
  });
  const form = element('form', { role: 'search' }, input, element('button', {}, searchText));
  const list = element('ul', { id: 'list', role: 'listbox', 'aria-label': title, hidden: '' });
  const result = element('div', { class: 'result', role: 'status' });
  const close = element('button', { class: 'close', type: 'button', 'aria-label': closeText }, '×');
  const heading = element('h2', {}, title);
  const panel = element('section', { class: 'panel', 'aria-label': helpText }, element('header', {}, heading, close), form, list, result,
    link('/?lang=' + lang, homeText, { class: 'home' }));
  const opener = element('button', { class: 'open', type: 'button', 'aria-expanded': 'false' }, script.dataset.label || helpText);

  function mount() {
    const target = script.dataset.target && document.querySelector(script.dataset.target);
    if (target) {
      close.remove();
      root.append(panel);
      target.append(host);
      return;
    }
    panel.hidden = true;
    root.append(element('div', { class: 'floating' }, panel, opener));
    document.body.append(host);
    opener.addEventListener('click', () => toggle(true));
    close.addEventListener('click', () => toggle(false));
    panel.addEventListener('keydown', (e) => {
      if (e.key === 'Escape' && list.hidden && !composing(e)) toggle(false);
    });
  }

  function toggle(open) {
    panel.hidden = !open;
    opener.hidden = open;
    opener.setAttribute('aria-expanded', String(open));
    (open ? input : opener).focus();
  }

  // Input methods: what is being composed is not yet what the customer means.
  let active = false; // a composition
  let confirming = false; // the Enter that is down belongs to the input method
  const composing = (e) => active || e.isComposing || e.keyCode === 229;
  let options = [];
  let chosen = -1;
  let timer = 0;
  let asked = 0; // numbers questions, so that late answers are dropped
  let trail;

  function shut() {
    clearTimeout(timer);
    asked++;
    options = [];
    list.hidden = true;
    list.replaceChildren();
    select(-1);
    input.setAttribute('aria-expanded', 'false');
  }

  function select(n) {
    options[chosen]?.setAttribute('aria-selected', 'false');
    chosen = n;
    options[n]?.setAttribute('aria-selected', 'true');
    options[n]?.scrollIntoView({ block: 'nearest' });
    if (options[n]) input.setAttribute('aria-activedescendant', options[n].id);
    else input.removeAttribute('aria-activedescendant');
  }

  async function call(path, body) {
    const response = await fetch(home + path, {
      headers: { Accept: 'application/json', 'Accept-Language': lang, ...(body && { 'Content-Type': 'application/json' }) },
      credentials: 'omit',
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(response.status);
    return response.json();
  }

  async function complete() {
    const q = input.value.trim();
    if (active || q === '' || q.length > 64) {
      shut();
      return;
    }
    const mine = ++asked;
    let completions;
    try {
      ({ completions } = await call('/api/v1/complete?limit=5&q=' + encodeURIComponent(q)));
    } catch {
      return; // searching still works, or says that it does not
    }
    if (mine !== asked || active || root.activeElement !== input) return;
    select(-1);
    options = completions.map((c, i) => {
      const option = element('li', { id: 'option' + i, role: 'option', 'aria-selected': 'false', lang: c.lang }, c.question);
      option.addEventListener('click', () => {
        input.value = c.question;
        search();
      });
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    input.setAttribute('aria-expanded', String(options.length > 0));
  }

  function typed() {
    clearTimeout(timer);
    if (!active) timer = setTimeout(complete, 150);
  }

  async function search() {
    const message = input.value.trim();
    if (message === '') return;
    shut();
    const mine = asked;
    let found;
    try {
      found = await call('/api/v1/suggest', { message, channel: 'widget', limit: 5, ...(trail && { trail }) });
    } catch {
      if (mine === asked) result.replaceChildren(failedText);
      return;
    }
    trail = found.trail;
    if (mine === asked) show(found);
  }

  function show({ decision, answers, handover }) {
    const parts = [];
    const [first, ...rest] = answers;
    if (decision === 'answer' && first) {
      parts.push(element('p', { class: 'dim' }, answerText), element('h3', {}, first.question), element('div', { class: 'text' }, first.answer.text),
        link(first.url, moreText));
    } else if (decision === 'choose' || decision === 'suggest') {
      if (decision === 'choose') parts.push(element('p', { class: 'dim' }, chooseText));
      rest.unshift(...(first ? [first] : []));
    }
    if (decision === 'none' || answers.length === 0) parts.push(element('p', {}, noneText));
    if (rest.length > 0) parts.push(element('ul', {}, ...rest.map((a) => element('li', {}, link(a.url, a.question)))));
    if (handover) parts.push(handover.url ? link(handover.url, handover.text, { class: 'human' }) : element('strong', { class: 'human' }, handover.text));
    result.replaceChildren(...parts);
  }

  input.addEventListener('compositionstart', () => {
    active = true;
    shut();
  });
  input.addEventListener('compositionend', () => {
    active = false;
    typed();
  });
  input.addEventListener('input', (e) => {
    if (!e.isComposing) typed();
  });
  input.addEventListener('keydown', (e) => {
    confirming = composing(e) && e.key === 'Enter';
    if (composing(e) || e.ctrlKey || e.metaKey || options.length === 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) select(((chosen + 1 + step + options.length + 1) % (options.length + 1)) - 1);
    else if (e.key === 'Enter' && options[chosen]) options[chosen].click();
    else if (e.key === 'Escape') shut();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  input.addEventListener('keyup', () => {
    confirming = false;
  });
  input.addEventListener('blur', () => {
    confirming = false;
    shut();
  });
  for (const e of [list, form.lastChild]) {
    // The box keeps the focus: were the list to close when the button is pressed, the button would move away below it.
    e.addEventListener('mousedown', (event) => event.preventDefault());
  }
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    if (!active && !confirming) search();
  });

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', mount);
  else mount();
})();
