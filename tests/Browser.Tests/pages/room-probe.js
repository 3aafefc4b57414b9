// Runs in room.html before its own scripts, and looks from outside at what the page does: the statistics of its peer connections, tile by tile, and
// the times at which pictures are shown.
(() => {
  const connections = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...settings) {
      super(...settings);
      connections.push(this);
    }
  };

  /** The largest time between two shown pictures of each video since the last reset. */
  const gaps = new WeakMap();
  const watched = new Set();

  function watch(video) {
    if (watched.has(video)) return;
    watched.add(video);
    const gap = { last: 0, largest: 0, shown: 0 };
    gaps.set(video, gap);
    const shown = (time, { presentedFrames }) => {
      gap.shown = presentedFrames;
      if (gap.last) gap.largest = Math.max(gap.largest, time - gap.last);
      gap.last = time;
      video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
  }

  async function received() {
    const byTrack = new Map();
    for (const connection of connections) {
      if (connection.connectionState === 'closed') continue;
      for (const entry of (await connection.getStats()).values()) if (entry.type === 'inbound-rtp') byTrack.set(entry.trackIdentifier, entry);
    }
    return byTrack;
  }

  function lookAt(tile, byTrack) {
    const video = tile.querySelector('video'), audio = tile.querySelector('audio');
    watch(video);
    const picture = byTrack.get(video.srcObject?.getVideoTracks()[0]?.id) ?? {}, sound = byTrack.get(audio.srcObject?.getAudioTracks()[0]?.id) ?? {};
    const gap = gaps.get(video);
    return {
      key: tile.dataset.tile, name: tile.querySelector('.name').textContent, isMuted: !tile.querySelector('.mark').hidden, isLarge: tile.classList.contains('large'),
      stream: picture.ssrc ?? 0, shown: gap.shown, width: video.videoWidth, height: video.videoHeight, frames: picture.framesDecoded ?? 0, freezes: picture.freezeCount ?? 0, frozen: picture.totalFreezesDuration ?? 0,
      lost: (picture.packetsLost ?? 0) + (sound.packetsLost ?? 0), asked: (picture.pliCount ?? 0) + (picture.firCount ?? 0),
      packets: sound.packetsReceived ?? 0, energy: sound.totalAudioEnergy ?? 0, isPlaying: !video.paused && !audio.paused,
      gap: Math.max(gap.largest, gap.last ? performance.now() - gap.last : 0),
    };
  }

  window.probe = {
    connections: () => connections.filter(({ connectionState }) => connectionState === 'connected').length,
    reset: () => { for (const video of watched) Object.assign(gaps.get(video), { largest: 0 }); },
    look: async () => {
      const byTrack = await received();
      return { at: performance.now(), tiles: [...document.querySelectorAll('.tile')].map((tile) => lookAt(tile, byTrack)) };
    },
  };
})();
