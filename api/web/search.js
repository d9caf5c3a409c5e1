// Suggestions below the search box: a combobox with a list, after the ARIA Authoring Practices (list autocomplete with
// manual selection). Without this script the form works all the same.
//
// Nothing is looked up, sent or opened while an input method composes: what stands in the box is then not yet what its
// writer means.

const delay = 120; // ms without a keystroke before asking
const remembered = 60; // answers kept, so that taking back a letter costs nothing

function enhance(form) {
  const input = form.querySelector('input[type=search]');
  const list = document.createElement('ul');
  const status = document.createElement('p');
  const known = new Map();
  let options = [];
  let active = -1;
  let composing = false;
  let confirming = false; // the Enter now down belongs to the input method
  let timer = 0;
  let asking = null;

  list.id = input.id + '-list';
  list.className = 'suggestions';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', form.dataset.suggestions);
  status.className = 'unseen';
  status.setAttribute('role', 'status');
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');
  input.parentElement.append(list, status);

  function close() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
    select(-1);
    list.hidden = true;
    status.textContent = '';
    input.setAttribute('aria-expanded', 'false');
  }

  function select(n) {
    options[active]?.element.setAttribute('aria-selected', 'false');
    active = n;
    const chosen = options[active];
    if (!chosen) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    chosen.element.setAttribute('aria-selected', 'true');
    chosen.element.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', chosen.element.id);
  }

  function show(completions) {
    select(-1);
    options = completions.map((c, i) => ({ url: address(c.url), element: option(c, list.id + '-' + i) }));
    list.replaceChildren(...options.map((o) => o.element));
    list.hidden = options.length === 0;
    input.setAttribute('aria-expanded', String(options.length > 0));
    status.textContent = options.length > 0 ? form.dataset.count.replace('{n}', options.length) : '';
  }

  // address is that of the answer on this site, in the language and characters that were chosen.
  function address(url) {
    const to = new URL(url, location.href);
    for (const chosen of form.querySelectorAll('input[name=lang], input[name=display]')) {
      to.searchParams.set(chosen.name, chosen.value);
    }
    return to.pathname + to.search + to.hash;
  }

  async function ask() {
    const q = input.value.trim();
    if (composing || q === '' || q.length > 64) {
      close();
      return;
    }
    let completions = known.get(q);
    if (!completions) {
      asking?.abort();
      const mine = (asking = new AbortController());
      try {
        const url = form.dataset.complete + '?limit=8&q=' + encodeURIComponent(q);
        const response = await fetch(url, { signal: mine.signal, headers: { Accept: 'application/json' } });
        if (!response.ok) throw new Error(response.statusText);
        ({ completions } = await response.json());
      } catch {
        if (asking === mine) close(); // the form still works
        return;
      }
      if (known.size >= remembered) known.delete(known.keys().next().value);
      known.set(q, completions);
      if (asking !== mine || composing || input.value.trim() !== q) return;
    }
    if (document.activeElement === input) show(completions);
  }

  function typed() {
    clearTimeout(timer);
    select(-1); // Enter is for what was typed now, not for what was chosen before
    if (composing) return;
    timer = setTimeout(ask, known.has(input.value.trim()) ? 0 : delay);
  }

  function move(step) {
    if (list.hidden) {
      ask();
      return;
    }
    const n = options.length + 1; // the box itself is one of the places
    select(((active + 1 + step + n) % n) - 1);
  }

  input.addEventListener('compositionstart', () => {
    composing = true;
    close();
  });
  input.addEventListener('compositionend', () => {
    composing = false;
    typed();
  });
  input.addEventListener('input', (e) => {
    if (!e.isComposing) typed();
  });
  input.addEventListener('keydown', (e) => {
    // Safari ends the composition before it reports the Enter that confirmed it, with keyCode 229. Keyboards of phones
    // report every letter so.
    const toInputMethod = composing || e.isComposing || e.keyCode === 229;
    confirming = toInputMethod && e.key === 'Enter';
    if (toInputMethod || e.ctrlKey || e.metaKey) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      if (e.altKey && e.key === 'ArrowUp') close();
      else move(e.key === 'ArrowDown' ? 1 : -1);
    } else if (e.key === 'Enter' && options[active]) {
      location.assign(options[active].url);
    } else if (e.key === 'Escape' && !list.hidden) {
      close();
    } else {
      return;
    }
    e.preventDefault();
  });
  input.addEventListener('keyup', () => {
    confirming = false;
  });
  form.addEventListener('submit', (e) => {
    if (composing || confirming) e.preventDefault();
    else close();
  });
  input.addEventListener('blur', () => {
    confirming = false;
    close();
  });
  list.addEventListener('mousedown', (e) => e.preventDefault()); // the box keeps the focus
  list.addEventListener('click', (e) => {
    const chosen = options.find((o) => o.element.contains(e.target));
    if (!chosen) return;
    if (e.ctrlKey || e.metaKey) window.open(chosen.url, '_blank', 'noopener');
    else location.assign(chosen.url);
  });
  addEventListener('pagehide', close);
}

// option is the element of a completion: the question with what was typed marked, and where it comes from.
function option(c, id) {
  const element = document.createElement('li');
  element.id = id;
  element.setAttribute('role', 'option');
  element.setAttribute('aria-selected', 'false');
  const question = document.createElement('span');
  question.lang = c.lang;
  const characters = Array.from(c.question);
  let at = 0;
  for (const [start, end] of c.highlights) {
    const mark = document.createElement('mark');
    mark.textContent = characters.slice(start, end).join('');
    question.append(characters.slice(at, start).join(''), mark);
    at = end;
  }
  question.append(characters.slice(at).join(''));
  element.append(question);
  const below = [c.matched_question, c.title !== c.question ? c.title : '', c.category].filter(Boolean).join(' · ');
  if (below) {
    const note = document.createElement('small');
    note.textContent = below;
    element.append(note);
  }
  return element;
}

// The trail, a token that names the visitor's searches and nothing else, is kept as long as this tab is open. It goes
// with the next search, and to the human who is asked in the end; it does not stay in the address.
const newest = document.body.dataset.trail;
try {
  if (newest) sessionStorage.setItem('trail', newest);
  const trail = sessionStorage.getItem('trail');
  if (trail) carry(trail);
} catch {
  // storage is forbidden: every search begins a trail of its own
}

function carry(trail) {
  document.querySelectorAll('form[role=search]').forEach((form) => {
    form.addEventListener('submit', () => {
      const field = form.querySelector('input[name=t]') ?? document.createElement('input');
      Object.assign(field, { type: 'hidden', name: 't', value: trail });
      form.append(field);
    });
  });
  document.querySelectorAll('a[data-human*="{trail}"]').forEach((a) => {
    a.href = a.dataset.human.replaceAll('{trail}', trail);
  });
  const chat = document.querySelector('script[data-trail]');
  if (chat) chat.dataset.trail = trail;
}

const here = new URL(location.href);
if (here.searchParams.has('t')) {
  here.searchParams.delete('t');
  history.replaceState(history.state, '', here);
}

document.querySelectorAll('form[role=search]').forEach(enhance);

// At home one may type at once, where that brings up no keyboard that hides half of the page.
if (matchMedia('(hover: hover) and (pointer: fine)').matches) {
  document.querySelector('.hero input[type=search]')?.focus({ preventScroll: true });
}
