// Images open above the page instead of on a page of their own, and the button for printing prints.

const print = document.querySelector('button.print');
if (print) {
  print.hidden = false;
  print.addEventListener('click', () => window.print());
}

const dialog = document.createElement('dialog');
dialog.className = 'lightbox';
dialog.addEventListener('click', () => dialog.close());
dialog.addEventListener('close', () => dialog.replaceChildren());
document.body.append(dialog);

document.addEventListener('click', (e) => {
  const link = e.target.closest?.('a.zoom');
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey || !dialog.showModal) return;
  e.preventDefault();
  const shown = link.querySelector('img');
  const image = document.createElement('img');
  image.src = link.href;
  image.alt = shown.alt;
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '×';
  close.setAttribute('aria-label', document.body.dataset.close);
  dialog.setAttribute('aria-label', shown.alt || document.body.dataset.close);
  dialog.replaceChildren(image, close);
  dialog.showModal();
});
