// The pages' icons, drawn as SVG paths on a 24 × 24 grid.

const paths = {
  play: 'M7 4.5v15a1 1 0 0 0 1.5.86l12-7.5a1 1 0 0 0 0-1.72l-12-7.5A1 1 0 0 0 7 4.5z',
  pause: 'M6 4h4v16H6zM14 4h4v16h-4z',
  sound: 'M4 9v6h4l5 4.5v-15L8 9zM15.5 8.2v7.6a4.5 4.5 0 0 0 0-7.6zM15.5 3.6v2.2a6.6 6.6 0 0 1 0 12.4v2.2a8.8 8.8 0 0 0 0-16.8z',
  muted: 'M4 9v6h4l5 4.5v-15L8 9zM21.6 9.8l-1.4-1.4-2.2 2.2-2.2-2.2-1.4 1.4 2.2 2.2-2.2 2.2 1.4 1.4 2.2-2.2 2.2 2.2 1.4-1.4-2.2-2.2z',
  full: 'M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z',
  small: 'M8 4h2v6H4V8h4zM14 4h2v4h4v2h-6zM4 14h6v6H8v-4H4zM14 14h6v2h-4v4h-2z',
  microphone: 'M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11v1a6.5 6.5 0 0 0 5.5 6.4V21h2v-2.6a6.5 6.5 0 0 0 5.5-6.4v-1h-2v1a4.5 4.5 0 0 1-9 0v-1z',
  microphoneOff: 'M12 3a3 3 0 0 0-3 3v.6l6 6V6a3 3 0 0 0-3-3zM9 10.4V12a3 3 0 0 0 4 2.8zM5.5 11v1a6.5 6.5 0 0 0 5.5 6.4V21h2v-2.6a6.5 6.5 0 0 0 2.5-.9L14 16a4.5 4.5 0 0 '
    + '1-6.5-4v-1zM16.5 11v1c0 .5-.1 1-.2 1.4l1.6 1.6c.4-.9.6-1.9.6-3v-1zM3.7 2.3L2.3 3.7l18 18 1.4-1.4z',
  camera: 'M4 6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2zM17.5 10.5v3L22 16.5v-9z',
  cameraOff: 'M7.8 6H14a2 2 0 0 1 2 2v6.2zM3.2 6.2A2 2 0 0 0 2 8v8a2 2 0 0 0 2 2h10c.3 0 .6-.1.9-.2zM17.5 10.5v3L22 16.5v-9zM3.7 2.3L2.3 3.7l18 18 1.4-1.4z',
  screen: 'M3 4a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h7v2H7v2h10v-2h-3v-2h7a1 1 0 0 0 1-1V5a1 1 0 0 0-1-1zM4 6h16v9H4zM12 7l-4 4h2.5v3h3v-3H16z',
  leave: 'M12 8.5c-3.6 0-6.9 1-9.4 2.8a1 1 0 0 0-.3 1.3l1.6 2.9a1 1 0 0 0 1.2.4l3.2-1.2a1 1 0 0 0 .6-.9v-2.2a14 14 0 0 1 6.2 0v2.2a1 1 0 0 0 .6.9l3.2 1.2a1 1 0 '
    + '0 0 1.2-.4l1.6-2.9a1 1 0 0 0-.3-1.3A16.4 16.4 0 0 0 12 8.5z',
  settings: 'M4 6h9v2H4zM17 6h3v2h-3zM13 4h4v6h-4zM4 16h3v2H4zM11 16h9v2h-9zM7 14h4v6H7z',
  figures: 'M4 13h4v7H4zM10 8h4v12h-4zM16 4h4v16h-4z',
  link: 'M8 3v2h11v11h2V5a2 2 0 0 0-2-2zM5 7a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2zM5 9h9v10H5z',
};

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', paths[name]);
  path.setAttribute('fill', 'currentColor');
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  return svg;
}
