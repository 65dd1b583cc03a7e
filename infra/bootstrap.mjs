// Runs one of our programs on any machine with Node >= 20 and npm: installs the workspace when it is
// missing or older than the lockfile, then hands over to Node 24 (which comes from the registry like
// any other dependency). Everything said here goes to standard error; standard output is the program's.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [program, ...args] = process.argv.slice(2);

install();
handOver();

function install() {
  const stamp = join(root, 'node_modules', '.ashiato-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('ashiato: first use of this checkout, installing packages (about 20 s) ...\n');
  const done = spawnSync('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    process.stderr.write(
      'ashiato: packages could not be installed. Is the npm registry reachable, and is this Node 20 or newer?\n',
    );
    process.exit(2);
  }
  writeFileSync(stamp, wanted);
}

/** Node 24 from the workspace where the registry has it for this platform, else the one running now. */
function node24() {
  const packaged = join(
    root,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  process.stderr.write(
    `ashiato: no packaged Node 24 for ${process.platform}-${process.arch}; please install Node 24 or newer.\n`,
  );
  process.exit(2);
}

function handOver() {
  const node = node24();
  const bins = [dirname(node), join(root, 'node_modules', '.bin')].join(
    process.platform === 'win32' ? ';' : ':',
  );
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, program), ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${bins}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
    },
  });
  // A terminal sends Ctrl-C to the whole group; a supervisor sends SIGTERM to us alone, so pass it on.
  let asked = false;
  process.on('SIGINT', () => {
    asked = true;
  });
  const pass = signal => {
    asked = true;
    child.kill(signal);
  };
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => pass(signal));
  if (process.env.npm_lifecycle_event) {
    // npm starts us through a shell that keeps its signals for itself: the shell's end is npm's wish to stop.
    const parent = process.ppid;
    const watch = () => !asked && process.ppid !== parent && pass('SIGTERM');
    setInterval(watch, 200).unref();
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
