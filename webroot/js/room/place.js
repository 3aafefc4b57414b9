// The secret that brings a place in a room back after the page was loaded anew. It is kept only from the page's end to its next beginning: a tab that is
// duplicated gets a place of its own.

const storageName = (room) => `place:${room}`;
const validFor = 30000;

export function keepPlace(room, resume) {
  try {
    sessionStorage.setItem(storageName(room), JSON.stringify({ resume, at: Date.now() }));
  } catch {
    // Storage is off: the page comes back as somebody new.
  }
}

/** The secret, once; null where there is none or it is too old. */
export function takePlace(room) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(storageName(room)));
    sessionStorage.removeItem(storageName(room));
    return kept && Date.now() - kept.at < validFor ? kept.resume : null;
  } catch {
    return null;
  }
}
