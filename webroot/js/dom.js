// Makes elements. Text is always text: nothing that comes from a stream is read as markup.

/**
 * @param {string} tag
 * @param {object} [properties] set on the element; `class`, `data-…` and `aria-…` as attributes
 * @param {...(Node|string|null|undefined|false)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class' || name.includes('-') || name === 'role') made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child || child === 0 || child === ''));
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}
