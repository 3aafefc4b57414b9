// Keys of rooms: asked for once, kept in this browser tab's session, taken from ?token= where a link carries one.

const storageName = (room) => `key:${room}`;

export function keyOf(room) {
  const fromLink = new URLSearchParams(location.search).get('token');
  if (fromLink) return fromLink;
  try {
    return sessionStorage.getItem(storageName(room));
  } catch {
    return null;
  }
}

export function rememberKey(room, key) {
  try {
    sessionStorage.setItem(storageName(room), key);
  } catch {
    // Storage is off: the key holds for this page only.
  }
}

/** Asks in the page's dialog. Resolves to the key, or to null when the person gives up. */
export function askForKey(dialog, wasWrong) {
  const form = dialog.querySelector('form');
  const input = form.elements.key;
  form.querySelector('.wrong').hidden = !wasWrong;
  input.value = '';
  dialog.returnValue = '';
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok' && input.value.trim() ? input.value.trim() : null), { once: true });
  });
}
