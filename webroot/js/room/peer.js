// One peer connection with the gateway: offers one at a time, and brings itself back where its path is lost.

const restartPatience = 8000;  // for a path that broke: the first measure is an ICE restart, the second a new connection
const brokenPatience = 3000;   // browsers call a path "disconnected" at the first check that was not answered
const renewDelay = 1000, longestRenewDelay = 16000; // doubled each time, for a gateway that ends what it has just answered

/**
 * Who owns a peer, and what it is asked for and told.
 * @typedef {object} Owner
 * @property {() => {mid: string, publication: string}[]} sections  as they shall be, asked for with each offer
 * @property {(tracks: {mid: string, publication: string, kind: string, refusal?: string}[]) => void} answered  the answer is in force
 * @property {() => void} renewed  the connection was given up: add everything to the new one
 * @property {(error: import('./signalling.js').SignallingError) => void} refused  an offer was
 */

export class Peer {
  #kind;
  #signalling;
  #owner;
  #connection = null;
  #isWanted = false;
  #isRunning = false;
  #isRestarting = false;
  #timer = 0;
  #renewals = 0;
  #adjust;
  #watched = new WeakSet();

  /**
   * @param {'send'|'receive'} kind
   * @param {import('./signalling.js').Signalling} signalling
   * @param {Owner} owner
   * @param {(sdp: string) => string} adjust  the offer's text before it is taken
   */
  constructor(kind, signalling, owner, adjust = (sdp) => sdp) {
    this.#kind = kind;
    this.#signalling = signalling;
    this.#owner = owner;
    this.#adjust = adjust;
  }

  /** Made when it is first needed. */
  get connection() {
    if (!this.#connection) {
      const made = this.#connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: this.#signalling.iceServers });
      made.onconnectionstatechange = () => { if (made === this.#connection) this.#onState(made.connectionState); };
    }
    return this.#connection;
  }

  /** There is something to negotiate. What is asked for while an offer is under way becomes one more offer. */
  negotiate() {
    this.#isWanted = true;
    if (!this.#isRunning) this.#run();
  }

  /** The socket is back. Whether the gateway still has our session decides what is to be done. */
  rejoined(isSameSession) {
    const state = this.#connection?.connectionState;
    if (!state) return;
    this.#isRestarting = false;
    if (state === 'new') this.negotiate();
    else if (!isSameSession) this.#renew();
    else if (state !== 'connected') this.#restart();
    else if (this.#isWanted) this.negotiate();
  }

  /** The gateway has ended it. */
  ended() {
    if (this.#connection) this.#after(Math.min(longestRenewDelay, renewDelay * 2 ** this.#renewals++), () => this.#renew());
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#isRestarting = false;
    this.#connection?.close();
    this.#connection = null;
    this.#isWanted = false;
  }

  async #run() {
    this.#isRunning = true;
    await null; // what is asked for in the same turn goes into one offer
    while (this.#isWanted && this.#signalling.isJoined && this.#connection) {
      this.#isWanted = false;
      const connection = this.#connection;
      try {
        await this.#offer(connection);
      } catch (error) {
        if (connection !== this.#connection) continue;
        if (error.code === 'lost') {
          this.#isWanted = true; // once more when the socket is back
          break;
        }
        if (error.code === 'session-ended') {
          this.ended();
          break;
        }
        if (connection.signalingState === 'have-local-offer') await connection.setLocalDescription({ type: 'rollback' }).catch(() => {});
        this.#owner.refused(error);
      }
    }
    this.#isRunning = false;
  }

  async #offer(connection) {
    const offer = await connection.createOffer();
    await connection.setLocalDescription({ type: 'offer', sdp: this.#adjust(offer.sdp) });
    // The gateway's answer carries its candidates, and it learns ours from the first check: no trickle is needed.
    const { sdp } = connection.localDescription;
    const offered = activeMids(sdp);
    // What was added or used again while the offer was made comes with the next one.
    const answer = await this.#signalling.offer(this.#kind, sdp, this.#owner.sections().filter(({ mid }) => offered.has(mid)));
    if (connection !== this.#connection) return;
    await connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    this.#watchTransport(connection);
    this.#owner.answered(answer.tracks ?? []);
  }

  #onState(state) {
    if (state === 'connected') {
      this.#isRestarting = false;
      this.#after(longestRenewDelay, () => { this.#renewals = 0; });
    } else if (state === 'disconnected' && !this.#isRestarting) {
      this.#after(brokenPatience, () => this.#restart());
    } else if (state === 'failed') {
      this.#restart();
    }
  }

  /** The gateway ends a session by DTLS close_notify, which shows on the transport only. */
  #watchTransport(connection) {
    const transport = connection.getTransceivers().map(({ sender, receiver }) => sender.transport ?? receiver.transport).find(Boolean);
    if (!transport || this.#watched.has(transport)) return;
    this.#watched.add(transport);
    transport.addEventListener('statechange', () => {
      if (connection !== this.#connection || (transport.state !== 'closed' && transport.state !== 'failed')) return;
      this.ended();
    });
  }

  /** Where the socket is lost too, all this is done when it is back. */
  #restart() {
    if (!this.#signalling.isJoined || !this.#connection || this.#isRestarting) return;
    this.#isRestarting = true;
    this.#after(restartPatience, () => this.#renew());
    this.#connection.restartIce();
    this.negotiate();
  }

  #renew() {
    if (!this.#signalling.isJoined) return;
    this.close();
    this.#owner.renewed();
  }

  #after(delay, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, delay);
  }
}

/** The sections of a description through which something flows. */
function activeMids(sdp) {
  const sections = sdp.split(/\r?\n(?=m=)/).slice(1).filter((section) => !/^a=inactive\r?$/m.test(section));
  return new Set(sections.map((section) => /^a=mid:(\S+)/m.exec(section)?.[1]));
}
