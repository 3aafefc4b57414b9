// What this participant receives: one peer connection, however many publications there are.

import { askForStereo } from '../sdp.js';
import { Peer } from './peer.js';

/** Events: `track` (detail: {publication, kind, receiver}; receiver is null once it is over), `refused` (detail: {publication, kind, refusal}). */
export class ReceivingSide extends EventTarget {
  #peer;
  #sections = []; // {transceiver, kind, publication: string|null, isShown}
  #wanted = [];

  constructor(signalling) {
    super();
    this.#peer = new Peer('receive', signalling, {
      sections: () => this.#sections.filter(({ publication, transceiver }) => publication !== null && transceiver.mid !== null)
        .map(({ publication, transceiver }) => ({ mid: transceiver.mid, publication })),
      answered: (tracks) => this.#onAnswered(tracks),
      renewed: () => this.#onRenewed(),
      refused: ({ message }) => this.#emit('refused', { publication: null, refusal: message }),
    }, askForStereo);
  }

  /**
   * What shall come from now on; sections of what is there already are not touched.
   * @param {{publication: string, kind: 'audio'|'video'}[]} wanted
   */
  show(wanted) {
    this.#wanted = wanted;
    let isChanged = false;
    for (const section of this.#sections) {
      if (section.publication === null || has(wanted, section)) continue;
      this.#free(section);
      isChanged = true;
    }
    for (const wish of wanted) {
      if (has(this.#sections, wish)) continue;
      this.#take(wish);
      isChanged = true;
    }
    if (isChanged) this.#peer.negotiate();
  }

  rejoined(isSameSession) {
    this.#peer.rejoined(isSameSession);
  }

  /** The gateway has ended the connection. */
  ended() {
    this.#peer.ended();
  }

  close() {
    this.#peer.close();
  }

  /** A section where another publication ended is used again, once the gateway has agreed to that end. */
  #take({ publication, kind }) {
    let section = this.#sections.find((each) => each.publication === null && each.kind === kind && each.transceiver.currentDirection === 'inactive');
    if (section) section.transceiver.direction = 'recvonly';
    else this.#sections.push(section = { kind, transceiver: this.#peer.connection.addTransceiver(kind, { direction: 'recvonly' }) });
    section.publication = publication;
    section.isShown = false;
  }

  #free(section) {
    const { publication, kind, isShown } = section;
    section.publication = null;
    section.transceiver.direction = 'inactive';
    if (isShown) this.#emit('track', { publication, kind, receiver: null });
  }

  #onAnswered(tracks) {
    // A section that was rejected altogether can't be used again.
    this.#sections = this.#sections.filter(({ transceiver }) => transceiver.currentDirection !== 'stopped');
    for (const { mid, publication, refusal } of tracks) {
      const section = this.#sections.find(({ transceiver }) => transceiver.mid === mid);
      if (!section || section.publication !== publication) continue; // what was asked for is not wanted any more
      if (refusal) {
        section.publication = null;
        section.transceiver.direction = 'inactive';
        this.#emit('refused', { publication, kind: section.kind, refusal });
      } else if (!section.isShown) {
        section.isShown = true;
        this.#emit('track', { publication, kind: section.kind, receiver: section.transceiver.receiver });
      }
    }
  }

  #onRenewed() {
    for (const { publication, kind, isShown } of this.#sections) if (publication !== null && isShown) this.#emit('track', { publication, kind, receiver: null });
    this.#sections = [];
    if (this.#wanted.length) this.show(this.#wanted);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const has = (list, { publication, kind }) => list.some((each) => each.publication === publication && each.kind === kind);
