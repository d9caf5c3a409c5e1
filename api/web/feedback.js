// Feedback without leaving the page, and what tells the editors how a search went on: which article was opened from it,
// and that somebody asked for a human. Without this script the forms are sent and answered with a page.

function send(fields) {
  return fetch('/feedback', { method: 'POST', body: new URLSearchParams(fields), keepalive: true });
}

function enhance(form) {
  const why = form.querySelector('.why');
  const thanks = form.querySelector('.thanks');
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    const fields = new FormData(form, e.submitter);
    const first = why.hidden;
    form.querySelectorAll('button').forEach((b) => (b.disabled = true));
    let ok = false;
    try {
      ok = (await send(fields)).ok;
    } catch {
      // said below
    }
    form.querySelectorAll('button').forEach((b) => (b.disabled = false));
    thanks.textContent = ok ? form.dataset.thanks : form.dataset.failed;
    if (!ok) return;
    form.querySelector('.ask').hidden = true;
    why.hidden = !(first && fields.get('type') === 'unhelpful');
    (why.hidden ? thanks : why.querySelector('input')).focus(); // the button that had the focus is gone
  });
}

document.querySelectorAll('form.feedback[data-thanks]').forEach(enhance);

const search = document.body.dataset.from;
const opened = document.querySelector('article[data-opened]')?.dataset.opened;
if (opened) send({ search_id: search, article_id: opened, type: 'open' }).catch(() => {});

document.addEventListener('click', (e) => {
  if (search && e.target.closest?.('a[data-human]')) {
    send({ search_id: search, type: 'contact' }).catch(() => {});
  }
});
