#!/usr/bin/env python3
"""Runs the gateway and other servers side by side, as docs/performance.md describes.

usage: compare.py PEERS_FOLDER [--rows fanout,sizes,audio,burst3,loops] [--peers gateway,janus1,medooze,mediasoup]
                  [--srtp gcm,sha1] [--n 50,150,300] [--rounds 3] [--seconds 8] [--gateway COMMAND] [--out FOLDER]

PEERS_FOLDER holds the load tool and the other servers; bench/README.md says how to make it. The server is pinned to core
0, the load to core 1, but for the row 'loops', where both have both. Runs of one row alternate between the servers; what
is printed are medians. The gateway must be built: dotnet build Gateway.sln -c Release; likewise make -C bench/floor.
"""
import argparse, json, os, signal, statistics, subprocess, sys, tempfile, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOAD = ['dotnet', f'{ROOT}/bench/Load/bin/Release/net10.0/Load.dll']
HTTP, ROOM = 'http://127.0.0.1:18080', 'compare'
RTP_IN = ('v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 5600 RTP/AVP 102\r\n'
          'a=rtpmap:102 H264/90000\r\na=fmtp:102 packetization-mode=1;profile-level-id=42e01f\r\n')


def fetch(url, data=None):
    try:
        headers = {'Content-Type': 'application/sdp'} if data else {}
        return urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers), timeout=5).read().decode().strip()
    except OSError:
        return None


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else float('nan')


class Server:
    """One run of a server on the given cores; loops only mean something to the gateway."""

    def __init__(self, name, options, cores, loops=1):
        peers = options.peers_folder
        self.name, self.folder = name, tempfile.mkdtemp(prefix='compare-')
        self.log = open(os.path.join(self.folder, 'log'), 'ab')
        environment, self.ready = dict(os.environ), None
        if name == 'gateway':
            command = [*options.gateway.split(), '--Http:Port=18080', '--Https:Port=18443', '--Rtmp:Port=18935',
                       '--Rtmps:Port=18936', '--WebRtc:Port=18000', f'--WebRtc:Loops={loops}', f'--Certificates:Directory={self.folder}/certs',
                       f'--Recorder:Directory={self.folder}/recordings', f'--Playback:Directory={self.folder}/media', '--Admin:Key=compare']
            self.ready, self.load = HTTP + '/readyz', ['--mode', 'whep', '--url', f'{HTTP}/whep/{ROOM}']
        elif name.startswith('janus'):
            command, environment['EVENT_LOOPS'] = [f'{peers}/janus/run.sh'], name[5:] or '0'
            self.ready, self.load = 'http://127.0.0.1:18088/janus/info', ['--mode', 'janus', '--url', 'http://127.0.0.1:18088/janus', '--rtp-port', '15004']
        elif name == 'medooze':
            command = ['node', f'{peers}/medooze/server.js']
            self.ready, self.load = 'http://127.0.0.1:18090/pids', ['--mode', 'whep', '--url', 'http://127.0.0.1:18090/whep', '--rtp-port', '15024']
        else:
            command = ['node', f'{peers}/mediasoup/server.js', '--dir', '.', '--http', '18089', '--video', '15014', '--audio', '15012']
            self.ready, self.load = 'http://127.0.0.1:18089/pids', ['--mode', 'mediasoup', '--url', 'http://127.0.0.1:18089/viewer', '--rtp-port', '15014']
        self.process = subprocess.Popen(['taskset', '-c', cores] + command, env=environment, stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, cwd=self.folder, start_new_session=True)

    def wait(self):
        for _ in range(150):
            time.sleep(.1)
            answer = fetch(self.ready)
            if answer is not None:
                self.pids = answer if self.ready.endswith('/pids') else str(self.process.pid)
                if self.name == 'gateway':
                    sdp = fetch(f'{HTTP}/api/v1/rooms/{ROOM}/rtp-in', RTP_IN.encode())
                    if sdp is None: sys.exit('the gateway gives no plain RTP entrance')
                    port = next(line.split()[1] for line in sdp.splitlines() if line.startswith('m=video'))
                    self.load = [*self.load, '--rtp-port', port]
                self.empty = self.resident()
                return True
        print(f'{self.name} did not start; see {self.folder}/log')
        return False

    @property
    def rtp_port(self): return self.load[self.load.index('--rtp-port') + 1]

    def resident(self):
        total = 0
        for pid in self.pids.split(','):
            total += int(next(line.split()[1] for line in open(f'/proc/{pid}/status') if line.startswith('VmRSS')))
        return total

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        except ProcessLookupError:
            pass
        self.log.close()


def measure(name, row, viewers, srtp, options, load=(), sizes=None, cores=('0', '1'), loops=1):
    """One run; the load tool's figures, or None where it failed."""
    server, sender = Server(name, options, cores[0], loops), None
    try:
        if not server.wait(): return None
        extra = list(load)
        if sizes:
            sender = subprocess.Popen(['taskset', '-c', cores[1], *LOAD, '--send-only', '--rtp-port', server.rtp_port, '--sizes', sizes, '--seconds', '600'], stdin=subprocess.DEVNULL)
            time.sleep(4)
            extra.append('--no-send')
        command = ['taskset', '-c', cores[1], f'{options.peers_folder}/loadgen/loadgen', *server.load, '--viewers', str(viewers), '--srtp', srtp,
                   '--duration', str(options.seconds), '--warmup', '3', '--server-pid', server.pids, '--no-teardown', '--decrypt', '5', '--twcc-ms', '100',
                   '--label', f'{row}/{name}/{viewers}/{srtp}', *(['--server-cpu', '0'] if cores[0] == '0' else []), *extra]
        text = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
        line = next((line for line in text.splitlines() if line.startswith('{')), None)
        if line is None: return None
        result = json.loads(line)
        result['kb_per_viewer'] = (server.resident() - server.empty) / viewers
        with open(os.path.join(options.out, f'{row}.jsonl'), 'a') as file: file.write(json.dumps(result) + '\n')
        print(f"  {result['label']}: {result['server_us_per_packet']:.2f} us/packet, loss {result['loss_pct']:.2f} %, {result['connected']} connected", flush=True)
        return result
    finally:
        if sender:
            sender.terminate()
            sender.wait()
        server.stop()


def table(title, runs):
    """runs: {(server, viewers, srtp): [figures]}"""
    print(f'\n{title}\n| server | viewers | SRTP | CPU us/packet (min-max) | of best peer | loss % | latency p50/p99 ms | RSS MB | KB/viewer | all in ms |\n|---|---|---|---|---|---|---|---|---|---|')
    for (server, viewers, srtp), figures in runs.items():
        figures = [f for f in figures if f]
        if not figures:
            print(f'| {server} | {viewers} | {srtp} | failed |')
            continue
        cost = [f['server_us_per_packet'] for f in figures]
        best = min((median(f['server_us_per_packet'] for f in other if f) for (name, n, p), other in runs.items()
                    if not name.startswith('gateway') and (n, p) == (viewers, srtp) and any(other)), default=float('nan'))
        value = lambda read: median(read(f) for f in figures)
        print(f"| {server} | {viewers} | {srtp} | {median(cost):.2f} ({min(cost):.2f}-{max(cost):.2f}) | {median(cost) / best:.2f} | {value(lambda f: f['loss_pct']):.2f} "
              f"| {value(lambda f: f['latency_us']['p50']) / 1000:.1f}/{value(lambda f: f['latency_us']['p99']) / 1000:.1f} | {value(lambda f: f['server_rss_mb']):.0f} "
              f"| {value(lambda f: f['kb_per_viewer']):.0f} | {value(lambda f: f['connect_all_ms']):.0f} |")


def interleave(options, cases, run):
    runs = {case: [] for case in cases}
    for _ in range(options.rounds):
        for case in cases: runs[case].append(run(*case))
    return runs


def floor(options, viewers, burst, size):
    """The cheapest way that the kernel has for it, in microseconds per packet."""
    text = subprocess.run([f'{options.peers_folder}/loadgen/floor', str(viewers), str(burst), '3', str(size)], stdout=subprocess.PIPE, text=True).stdout
    print(text, end='')
    return min(float(line.split(': ')[1].split()[0]) for line in text.splitlines() if ' us CPU per packet' in line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('peers_folder', type=os.path.abspath)
    parser.add_argument('--rows', default='fanout,sizes,audio,burst3,loops')
    parser.add_argument('--peers', default='gateway,janus1,medooze,mediasoup')
    parser.add_argument('--srtp', default='gcm,sha1')
    parser.add_argument('--n', default='50,150,300')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=float, default=8)
    parser.add_argument('--gateway', default=f'dotnet {ROOT}/Gateway/bin/Release/net10.0/Gateway.dll', help='the command that starts it')
    parser.add_argument('--out', default=None)
    options = parser.parse_args()
    options.out = options.out or tempfile.mkdtemp(prefix='compare-results-')
    os.makedirs(options.out, exist_ok=True)
    servers, rows = options.peers.split(','), options.rows.split(',')
    if 'fanout' in rows:
        for srtp in options.srtp.split(','):
            cases = [(name, int(n), srtp) for n in options.n.split(',') for name in servers]
            table(f'300 packets/s of 1100 bytes, {srtp}', interleave(options, cases, lambda name, n, p: measure(name, 'fanout', n, p, options)))
    if 'sizes' in rows:
        for sizes in ('chromium', 'x264'):
            cases = [(name, 150, 'gcm') for name in servers]
            file = f'{ROOT}/bench/sizes/{sizes}.txt'
            table(f'packet sizes of {sizes}', interleave(options, cases, lambda name, n, p: measure(name, f'sizes-{sizes}', n, p, options, sizes=file)))
    for row, load, n, burst, size in (('audio', ['--pps', '50', '--fps', '50', '--size', '120'], 200, 1, 120), ('burst3', ['--pps', '90', '--fps', '30', '--size', '1100'], 200, 3, 1100)):
        if row not in rows: continue
        cases = [(name, n, 'gcm') for name in servers]
        runs = interleave(options, cases, lambda name, n, p: measure(name, row, n, p, options, load=load))
        table(f'{row}: {n} viewers, bursts of {burst} packets of {size} bytes', runs)
        lowest = floor(options, n, burst, size)
        ours = median(f['server_us_per_packet'] for f in runs.get(('gateway', n, 'gcm'), []) if f)
        print(f'gateway {ours:.2f} us, cheapest mode of the kernel {lowest:.2f}: {ours / lowest:.2f}')
    if 'loops' in rows:
        cases = [('gateway, 1 loop', 300, 'gcm'), ('gateway, 2 loops', 300, 'gcm')]
        table('loops, server and load on both cores', interleave(
            options, cases, lambda name, n, p: measure('gateway', 'loops', n, p, options, cores=('0,1', '0,1'), loops=int(name.split()[1]))))
    print(f'\nall figures: {options.out}')


if __name__ == '__main__':
    main()
