// The gateway's API, as the pages use it.

const base = '/api/v1';

/** An answer that is an error: its status and its problem (RFC 9457). */
export class ApiError extends Error {
  constructor(status, problem, retryAfter) {
    super(problem?.detail ?? problem?.title ?? `The gateway answered ${status}`);
    this.status = status;
    this.type = problem?.type?.replace('/problems/', '') ?? '';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  static async of(response) {
    let problem = null;
    try {
      problem = await response.json();
    } catch {
      // Not ours: a proxy's page, or nothing at all.
    }
    const retryAfter = Number(response.headers.get('Retry-After'));
    return new ApiError(response.status, problem, retryAfter > 0 ? retryAfter : null);
  }
}

export async function get(path) {
  const response = await fetch(base + path, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw await ApiError.of(response);
  return response.json();
}

/** A request that may need a key. Null where the answer has nothing in it. */
export async function send(method, path, body, key) {
  const headers = { Accept: 'application/json' };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const response = await fetch(base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (!response.ok) throw await ApiError.of(response);
  return response.status === 204 ? null : response.json();
}

/** All rooms, whatever the length of a page. */
export async function allRooms() {
  const rooms = [];
  for (;;) {
    const page = await get(`/rooms?offset=${rooms.length}&limit=200`);
    rooms.push(...page.items);
    if (page.items.length === 0 || rooms.length >= page.total) return rooms;
  }
}

const eventTypes = [
  'publication.started', 'publication.away', 'publication.resumed', 'publication.ended',
  'track.added', 'track.changed', 'track.ended',
  'subscriber.joined', 'subscriber.changed', 'subscriber.left', 'transcode.changed',
  'recording.started', 'recording.failed', 'recording.resumed', 'recording.stopped',
];

/**
 * Listens to what changes, until the returned function is called. After each (re)connection `onOpen` says that something may have been missed.
 * @param {{room?: string, onEvent: (event: object) => void, onOpen?: () => void, onLost?: () => void}} options
 */
export function listen({ room, onEvent, onOpen, onLost }) {
  const source = new EventSource(`${base}/events${room ? `?room=${encodeURIComponent(room)}` : ''}`);
  for (const type of eventTypes) source.addEventListener(type, (message) => onEvent(JSON.parse(message.data)));
  source.onopen = () => onOpen?.();
  source.onerror = () => onLost?.();
  return () => source.close();
}
