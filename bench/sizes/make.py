#!/usr/bin/env python3
"""Makes a list of packet sizes from what an encoder really sends: one frame a line, the bytes of its RTP packets.

usage: make.py x264 > x264.txt        FFmpeg encodes its moving test picture with libx264 and cuts it up itself
       make.py chromium > chromium.txt  the frames of libvpx in its real-time mode, cut into equal parts as Chromium's
                                        packetizer does (parts of a frame differ by one byte at most)
"""
import socket, subprocess, sys, time

SECONDS, RATE, PAYLOAD, HEADER = 10, 30, 1180, 12
SOURCE = ['-f', 'lavfi', '-i', f'testsrc2=size=1280x720:rate={RATE}', '-t', str(SECONDS), '-vf', 'noise=alls=12:allf=t', '-pix_fmt', 'yuv420p']


def x264():
    """Packets as FFmpeg's RTP muxer sends them; the marker bit ends a frame."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    receiver.bind(('127.0.0.1', 0))
    receiver.settimeout(3)
    encoder = subprocess.Popen(
        ['ffmpeg', '-loglevel', 'error', '-re', *SOURCE, '-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-b:v', '2500k', '-maxrate', '2500k',
         '-bufsize', '1250k', '-g', str(2 * RATE), '-f', 'rtp', f'rtp://127.0.0.1:{receiver.getsockname()[1]}?pkt_size={PAYLOAD + HEADER}'],
        stdout=subprocess.DEVNULL)
    frame = []
    while True:
        try:
            packet = receiver.recv(2048)
        except TimeoutError:
            if encoder.poll() is not None: return
            continue
        if 72 <= packet[1] & 127 <= 79: continue  # RTCP
        frame.append(len(packet))
        if packet[1] & 128:
            yield frame
            frame = []


def chromium():
    """Frame sizes of libvpx out of an IVF stream."""
    stream = subprocess.run(
        ['ffmpeg', '-loglevel', 'error', *SOURCE, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '2500k', '-minrate', '2500k', '-maxrate', '2500k',
         '-bufsize', '1250k', '-max-intra-rate', '300', '-g', '3000', '-f', 'ivf', '-'],
        stdout=subprocess.PIPE, check=True).stdout
    at, descriptor, extensions = 32, 4, 16
    while at + 12 <= len(stream):
        size = int.from_bytes(stream[at:at + 4], 'little')
        at += 12 + size
        count = -(-size // (PAYLOAD - descriptor - extensions))
        yield [HEADER + extensions + descriptor + size // count + (1 if i >= count - size % count else 0) for i in range(count)]


if __name__ == '__main__':
    if len(sys.argv) != 2 or sys.argv[1] not in ('x264', 'chromium'): sys.exit(__doc__)
    for sizes in x264() if sys.argv[1] == 'x264' else chromium(): print(*sizes)
