// The grid of tiles: as large as they fit, one of them larger where there is a screen or somebody was enlarged.

import { Tile } from './tile.js';

const ratio = 16 / 9, gap = 8;
const narrow = 600;      // CSS pixels: below it, one column
const leastHeight = 150; // of a tile in one column; then the grid scrolls

/** Events: `blocked` (the browser wants a tap before sound). */
export class Grid extends EventTarget {
  #list;
  #tiles = new Map();  // key -> Tile
  #looks = [];
  #enlarged = null;    // a key that the person chose; '' = none although there is a screen
  #blocked = new Set();
  #speaker = '';
  #sinkId = '';

  /** @param {HTMLElement} list */
  constructor(list) {
    super();
    this.#list = list;
    new ResizeObserver(() => this.#layOut()).observe(list);
  }

  /** @param {(import('./tile.js').Look & {key: string})[]} looks  in their order */
  show(looks) {
    this.#looks = looks;
    const keys = new Set(looks.map(({ key }) => key));
    for (const [key, tile] of this.#tiles) {
      if (keys.has(key)) continue;
      tile.remove();
      this.#tiles.delete(key);
      this.#blocked.delete(tile);
      if (this.#enlarged === key) this.#enlarged = null;
    }
    looks.forEach((look, index) => {
      const tile = this.#tileOf(look.key);
      tile.show(look);
      tile.speaks(this.#speaker !== '' && look.key === this.#speaker);
      if (this.#list.children[index] !== tile.element) this.#list.insertBefore(tile.element, this.#list.children[index] ?? null);
    });
    this.#layOut();
  }

  /** The tile of a key, if it is shown. */
  find(key) {
    return this.#tiles.get(key);
  }

  /** @param {string} key  '' = nobody */
  speaks(key) {
    this.#speaker = key;
    for (const [each, tile] of this.#tiles) tile.speaks(each === key && key !== '');
  }

  useSpeaker(deviceId) {
    this.#sinkId = deviceId;
    for (const tile of this.#tiles.values()) tile.useSpeaker(deviceId);
  }

  /** Call it in a gesture. */
  playSound() {
    const blocked = [...this.#blocked];
    this.#blocked.clear();
    for (const tile of blocked) tile.playSound();
  }

  lookAtFigures(isWanted) {
    return Promise.all([...this.#tiles.values()].map((tile) => tile.lookAtFigures(isWanted)));
  }

  clear() {
    this.show([]);
  }

  #tileOf(key) {
    let tile = this.#tiles.get(key);
    if (!tile) {
      tile = new Tile(key, { onBlocked: (blocked) => this.#onBlocked(blocked), onEnlarge: (chosen) => this.#enlarge(chosen) });
      if (this.#sinkId) tile.useSpeaker(this.#sinkId);
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  #onBlocked(tile) {
    this.#blocked.add(tile);
    this.dispatchEvent(new Event('blocked'));
  }

  #enlarge(key) {
    this.#enlarged = this.#largeKey() === key ? '' : key;
    this.#layOut();
  }

  #largeKey() {
    if (this.#looks.length < 2 || this.#enlarged === '') return null;
    if (this.#enlarged !== null) return this.#enlarged;
    // The last screen that came; one's own would only show itself in itself.
    return this.#looks.findLast(({ isScreen, isOwn }) => isScreen && !isOwn)?.key ?? null;
  }

  #layOut() {
    if (this.#enlarged === '' && !this.#looks.some(({ isScreen, isOwn }) => isScreen && !isOwn)) this.#enlarged = null;
    const large = this.#largeKey();
    this.#list.classList.toggle('staged', large !== null);
    for (const [key, tile] of this.#tiles) tile.element.classList.toggle('large', key === large);
    const { width, height } = innerSize(this.#list);
    this.#list.classList.toggle('narrow', width < narrow);
    const count = this.#looks.length;
    this.#list.style.setProperty('--others', String(Math.max(1, count - 1)));
    if (large === null && count) {
      const size = width < narrow ? inOneColumn(count, width, height) : largest(count, width, height);
      this.#list.style.setProperty('--tile-width', `${Math.floor(size.width)}px`);
      this.#list.style.setProperty('--tile-height', `${Math.floor(size.height)}px`);
    }
  }
}

function innerSize(list) {
  const style = getComputedStyle(list);
  return {
    width: list.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
    height: list.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom),
  };
}

/** Of all numbers of columns the one that gives the largest tiles. */
function largest(count, width, height) {
  let best = { width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const tile = Math.min((width - gap * (columns - 1)) / columns, ((height - gap * (rows - 1)) / rows) * ratio);
    if (tile > best.width) best = { width: tile, height: tile / ratio };
  }
  // Many in a low window: readable ones that scroll.
  return best.width >= leastHeight ? best : { width: leastHeight * ratio, height: leastHeight };
}

/** Each as wide as the phone; the height is shared among them. */
function inOneColumn(count, width, height) {
  const share = (height - gap * (count - 1)) / count;
  return { width, height: Math.min(Math.max(share, leastHeight), width * 1.25) };
}
