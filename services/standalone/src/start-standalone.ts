import {randomUUID} from 'node:crypto'
import {availableParallelism} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {createBus, type Bus} from '@broadside/bus'
import {createImagePool} from '@broadside/images/pool'
import {ensureSite, openLedger, ownerOf, type Ledger} from '@broadside/ledger'
import {createRenderPool, type RenderPool} from '@broadside/markdown/pool'
import {openSiteObjects, type Objects} from '@broadside/objects'
import {createQueue} from '@broadside/queue'
import {createHttpServer, finishStop, systemClock, type Clock, type Logger, type Service} from '@broadside/runtime'
import {createAudience, createSpool} from '@broadside/service-audience'
import {createConsole} from '@broadside/service-console'
import {authorDomains, createIntake} from '@broadside/service-intake'
import {createNewsletter, createRules, createSigners, createSubmitters} from '@broadside/service-newsletter'
import {createNotifier, forgeOf} from '@broadside/service-notifier'
import {createCdns, createPublisher, keepsRecordOf, type PublisherOptions} from '@broadside/service-publisher'
import {createRenderer} from '@broadside/service-renderer'
import {captureRoutes, createCaptureServer, createSubmitter} from '@broadside/smtp'
import {createTokens} from '@broadside/subscribers'
import {Hono} from 'hono'
import {addFirstReader} from './add-first-reader.ts'
import {readReceiptKey, readTokenKey, type Ports, type RunFile} from './home.ts'
import type {SiteRepository} from './local-remote.ts'
import type {StandaloneOptions} from './options.ts'
import {siteRoutes} from './site-server.ts'

export type Parts = {
  options: StandaloneOptions
  ports: Ports
  urls: {nats: string; redis: string}
  repository: SiteRepository
  log: Logger
  clock?: Clock
  /** Stands between the services and the objects; tests slow them down or break them here. */
  wrapObjects?: (objects: Objects) => Objects
  /** Renders; closed with the services. Worlds of one process share theirs. */
  pool?: RenderPool
  /** What tests have otherwise. */
  publisherOptions?: Partial<PublisherOptions>
}

export type Standalone = {
  run: RunFile
  ledger: Ledger
  /** In the order in which they start. */
  services: Service[]
  close: () => Promise<void>
}

const host = '127.0.0.1'

/**
 * Every service in this process. They share a ledger handle, since one process has one write lock, and meet otherwise
 * as they do apart: on bus, queue, ledger and objects.
 */
export async function wireStandalone({
  options,
  ports,
  urls,
  repository,
  log,
  clock = systemClock,
  wrapObjects = (objects) => objects,
  pool = createRenderPool({size: 2}),
  publisherOptions = {},
}: Parts): Promise<Standalone> {
  const {home} = options
  const at = (port: number): string => `http://${host}:${port}/`
  const ledgerUrl = `sqlite://${pathToFileURL(join(home, 'ledger.db')).pathname}`
  const objectsUrl = options.objectsUrl ?? pathToFileURL(join(home, 'objects')).href
  const ledger = await openLedger(ledgerUrl)
  const objects = wrapObjects(await openSiteObjects(objectsUrl, {env: process.env, ownerOf}))
  await ensureSite(
    ledger.db,
    {
      name: repository.name,
      remote: repository.remote,
      branch: repository.branch,
      site_url: at(ports.site),
      audience_url: at(ports.audience),
    },
    {id: randomUUID(), now: clock.now()},
  )

  if (repository.isExample) await addFirstReader(ledger, repository.name, clock.now())

  const busOf = (service: string): Bus => createBus({natsUrl: urls.nats, service, ledger, log})
  const queueOf = () => createQueue({redisUrl: urls.redis, ledger, log})
  const http = (name: string, port: number, routes: Hono) => createHttpServer({name, host, port, log, routes})

  const images = createImagePool({size: availableParallelism()})
  const intakeBus = busOf('intake')
  const intake = createIntake(
    {
      ledger,
      bus: intakeBus,
      objects,
      images,
      mirrorsDir: join(home, 'mirrors'),
      authorDomains: (site) => authorDomains(site, process.env),
      clock,
      log,
    },
    {
      pollMs: repository.isExample ? 5_000 : 2_000,
      sweepMs: 500,
      consoleUrl: at(ports.console),
      env: process.env,
    },
  )
  const rendererBus = busOf('renderer')
  const renderer = createRenderer({ledger, bus: rendererBus, pool, clock, log})
  const publisherBus = busOf('publisher')
  const publisherQueue = queueOf()
  const publisher = createPublisher(
    {ledger, databaseUrl: ledgerUrl, objects, bus: publisherBus, queue: publisherQueue, images, clock, log},
    {
      proofLevel: 'public',
      receiptKey: () => readReceiptKey(home),
      concurrency: 5,
      cdnOf: createCdns(process.env),
      keepsRecord: keepsRecordOf(process.env),
      ...publisherOptions,
    },
  )

  const capture = await createCaptureServer({dir: join(home, 'mail'), port: ports.smtp})
  const submitter = createSubmitter({url: options.smtpUrl ?? capture.url})
  const submitters = createSubmitters(process.env)
  const tokens = createTokens({keys: [readTokenKey(home)]})
  const newsletterBus = busOf('newsletter')
  const newsletterQueue = queueOf()
  const newsletter = createNewsletter(
    {ledger, bus: newsletterBus, queue: newsletterQueue, submitter, tokens, clock, log},
    {
      mailFrom: 'Broadside <broadside@standalone.localhost>',
      signerOf: createSigners(process.env),
      submitterOf: submitters.submitterOf,
      rulesOf: createRules(process.env),
    },
  )
  const notifierBus = busOf('notifier')
  const notifier = createNotifier(
    {ledger, bus: notifierBus, clock, log},
    {
      privateHubs: options.privateHubs,
      forgeOf: (site) => forgeOf(site, process.env),
    },
  )
  const audienceQueue = queueOf()
  const audience = createAudience({
    ledger,
    queue: audienceQueue,
    tokens,
    spool: createSpool(join(home, 'left')),
    clock,
    log,
  })
  const operators = createConsole({ledger, clock, log})

  const services: Service[] = [
    http('mail', ports.mail, captureRoutes(capture)),
    http('console', ports.console, operators.routes),
    notifierBus,
    notifier,
    newsletterQueue,
    newsletterBus,
    newsletter,
    audience,
    http('audience', ports.audience, audience.routes),
    http('site', ports.site, siteRoutes(objects, ledger)),
    publisherQueue,
    publisherBus,
    publisher,
    rendererBus,
    renderer,
    intakeBus,
    intake,
    http('intake.http', ports.intake, new Hono().route('/', intake.routes).route('/', intake.hooks)),
  ]
  const run: RunFile = {
    pid: process.pid,
    siteUrl: at(ports.site),
    audienceUrl: at(ports.audience),
    consoleUrl: at(ports.console),
    mailUrl: at(ports.mail),
    gitRemote: repository.remote,
    natsUrl: urls.nats,
    redisUrl: urls.redis,
    intakeUrl: `http://${host}:${ports.intake}`,
    ledgerUrl,
    objectsUrl,
    site: repository.name,
  }
  const close = async (): Promise<void> => {
    await audienceQueue.stop()
    await Promise.all([submitter.close({patienceMs: 2_000}), submitters.close({patienceMs: 2_000})])
    await finishStop(newsletterQueue, 2_000)
    await capture.close()
    await images.close()
    await objects.close()
    await ledger.close()
  }
  return {run, ledger, services, close}
}
