import {availableParallelism} from 'node:os'
import {createBus} from '@broadside/bus'
import {createImagePool} from '@broadside/images/pool'
import {listSites, openLedger, ownerOf} from '@broadside/ledger'
import {openSiteObjects} from '@broadside/objects'
import {createQueue} from '@broadside/queue'
import {
  createHttpServer,
  createLogger,
  readConfig,
  readSigningKey,
  readSiteConfig,
  runMain,
  runUntilSignal,
  systemClock,
} from '@broadside/runtime'
import {publisherConfig} from './config.ts'
import {createPublisher} from './create-publisher.ts'
import {createCdns, keepsRecordOf, publisherSiteConfig} from './site-config.ts'

await runMain(async () => {
  const config = readConfig(publisherConfig, process.env)
  const log = createLogger({service: 'publisher', level: config.LOG_LEVEL})
  const ledger = await openLedger(config.DATABASE_URL)
  const objects = await openSiteObjects(config.OBJECTS_URL, {env: process.env, ownerOf})
  const bus = createBus({natsUrl: config.NATS_URL, service: 'publisher', ledger, log})
  const queue = createQueue({redisUrl: config.REDIS_URL, ledger, log})
  const images = createImagePool({size: availableParallelism()})
  const cdnOf = createCdns(process.env)
  // What is wrong for a site that is there already is told now and not with its next release.
  for (const {name} of await listSites(ledger.db)) {
    readSiteConfig(publisherSiteConfig, name, process.env)
    await cdnOf(name)
  }
  const receiptKey = config.RECEIPT_KEY === undefined ? undefined : readSigningKey(config.RECEIPT_KEY)
  const publisher = createPublisher(
    {ledger, databaseUrl: config.DATABASE_URL, objects, bus, queue, images, clock: systemClock, log},
    {
      proofLevel: config.PROOF_LEVEL,
      concurrency: config.PUBLISHER_CONCURRENCY,
      cdnOf,
      keptReleases: config.KEEP_RELEASES,
      receiptKey: () => receiptKey,
      keepsRecord: keepsRecordOf(process.env),
    },
  )
  const health = createHttpServer({
    name: 'publisher.http',
    host: config.PUBLISHER_HOST,
    port: config.PUBLISHER_PORT,
    log,
    checks: {ledger: ledger.check, nats: bus.check, redis: queue.check},
  })
  await runUntilSignal([health, queue, bus, publisher], {log, drainMs: 20_000})
  await images.close()
  await objects.close()
  await ledger.close()
})
