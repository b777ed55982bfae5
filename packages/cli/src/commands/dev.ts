import {spawn} from 'node:child_process'
import {availableParallelism} from 'node:os'
import {dirname, join} from 'node:path'
import {BroadsideError, createHttpServer, createLogger, runUntilSignal, type Service} from '@broadside/runtime'
import type {Command} from 'commander'
import {Hono} from 'hono'
import {cacheFileFor, openCheckCache} from '../check/check-cache.ts'
import {findSiteRoot} from '../check/site-root.ts'
import type {Cli} from '../cli.ts'
import {createProgress} from '../progress.ts'
import {startStudio, type Studio} from '../studio/start-studio.ts'
import {studioPath, studioRoutes} from '../studio/studio-routes.ts'

type DevFlags = {port: string; open?: boolean}

const host = '127.0.0.1'
const maxWorkers = 2
const drainMs = 2_000

export function addDev(program: Command, cli: Cli): void {
  program
    .command('dev')
    .summary('show a site as it is written: page, feed and mail side by side')
    .description(
      'Shows a site in the browser as it lies in its folder, what is not committed included, without any other server: ' +
        'each page as readers will get it, its item in the feeds, and its mail, light, dark, narrow and as plain text. ' +
        'What is saved is shown at once. Drafts and posts with a date to come are there and marked; what is broken is ' +
        'told with its line, and stays as it was when it last made sense.\n\n' +
        'It answers on this machine alone, until it is ended (Ctrl+C).',
    )
    .argument('[path]', 'folder of the site', '.')
    .option('--port <number>', 'where it answers; 0 takes one that is free', '4000')
    .option('--open', 'open it in the browser')
    .addHelpText('after', '\nExamples:\n  broadside dev\n  broadside dev ../notes --port 4100 --open')
    .action((path: string, flags: DevFlags) => dev(cli, path, flags))
}

async function dev(cli: Cli, path: string, {port, open}: DevFlags): Promise<void> {
  const {root} = findSiteRoot(cli.cwd, path)
  const log = createLogger({service: 'dev', level: 'silent'})
  const progress = createProgress(cli)
  const cacheFile = cacheFileFor(root, cli.env)
  let app: Hono | undefined
  const routes = new Hono()
  routes.all('*', (c) => app?.fetch(c.req.raw) ?? c.text('The site is being read.\n', 503))
  const http = createHttpServer({name: 'dev', host, port: readPort(port), log, routes})
  let studio: Studio | undefined
  const service: Service = {
    name: 'studio',
    async start() {
      // The address is known when it listens, and stands in everything that is built.
      await http.start()
      studio = await startStudio({
        root,
        url: `${http.url()}/`,
        clock: cli.clock,
        createPool: cli.createPool,
        workers: Math.min(availableParallelism(), maxWorkers),
        cache: await openCheckCache(cacheFile),
        imageCache: join(dirname(cacheFile), 'images'),
        onProgress: (done, total) => progress.show('reading', done, total),
      })
      progress.clear()
      app = studioRoutes(studio)
      const url = `${http.url()}${studioPath}/`
      await cli.write(`${url}\n`)
      if (open === true) openInBrowser(cli, url)
    },
    async stop() {
      await studio?.close()
      await http.stop()
    },
  }
  await runUntilSignal([service], {log, drainMs, ...(cli.signal === undefined ? {} : {signal: cli.signal})})
}

function readPort(given: string): number {
  if (/^\d{1,5}$/.test(given) && Number(given) < 65_536) return Number(given)
  throw new BroadsideError('invalid', 'dev.port', `${JSON.stringify(given)} is no port`, {
    hint: 'Give a number up to 65535; 0 takes one that is free',
  })
}

/** By the program that each system has for it; where there is none the address stands on stdout. */
function openInBrowser(cli: Cli, url: string): void {
  const [program = 'xdg-open', ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(program, [...args, url], {stdio: 'ignore', detached: true})
  child.on('error', () => cli.say(`${program} cannot be started: open the address yourself`))
  child.unref()
}
