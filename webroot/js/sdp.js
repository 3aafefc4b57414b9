// What browsers must be helped to say in their own offers.

/** Chromium plays Opus in mono unless its own offer asks for both channels (RFC 7587 section 6.1). */
export function askForStereo(sdp) {
  return sdp.replace(/^(a=fmtp:\d+ (?!.*stereo=).*useinbandfec=1)\r$/gm, '$1;stereo=1\r');
}
