import {expect, test} from 'vitest'
import {countDeadLetters, deliveryCounts, listEditions} from '@broadside/ledger'
import {until} from '@broadside/testkit'
import {openWorld, post} from '../open-world.ts'
import {freshSite, manifestSite, publishedSite} from '../published-site.ts'

const readers = Array.from({length: 12}, (_, index) => `reader-${index}@readers.example`)

/** Two moments in which a push is in the hands of the servers. */
const moments = ['while files go out', 'while mails go out'] as const

const cases = moments.flatMap((moment) =>
  [['nats'], ['redis'], ['nats', 'redis']].map((names) => ({
    what: names.join(' and '),
    names: names as ('nats' | 'redis')[],
    moment,
  })),
)

test.each(cases)(
  'killed by SIGKILL $moment and started again, $what leads to the same site and one mail each',
  async ({names, moment}) => {
    const world = await openWorld({
      files: {'posts/old.md': post('Old'), 'posts/gone.md': post('Gone')},
      subscribers: readers,
    })
    await world.settled()
    const {db} = world.ledger
    world.objects.putMs = moment === 'while files go out' ? 30 : 0
    await world.push({
      'posts/new.md': post('New', {tags: '[ink]'}),
      'posts/old.md': post('Old', {body: 'Written anew.'}),
      'posts/gone.md': undefined,
    })
    await until(moment, async () => {
      const doubt = db.selectFrom('manifest').select('key').where('state', '=', 'doubt')
      const begun = db.selectFrom('deliveries').select('subscriber').where('state', '!=', 'pending')
      return moment === 'while files go out' ? await doubt.executeTakeFirst() : await begun.executeTakeFirst()
    })
    await Promise.all(names.map((name) => world.servers.kill(name)))
    world.objects.putMs = 0
    await Promise.all(names.map((name) => world.servers.start(name)))

    await world.settled()
    await until('the edition is complete', async () => (await listEditions(db))[0]?.state === 'complete')
    expect(await publishedSite(world)).toEqual(await freshSite(world))
    expect(await manifestSite(world)).toEqual(await publishedSite(world))
    const [edition] = await listEditions(db)
    expect(await deliveryCounts(db, edition!.id)).toMatchObject({accepted: readers.length})
    expect((await world.mails()).flatMap(({to}) => to).toSorted()).toEqual(readers.toSorted())
    expect(await countDeadLetters(db)).toBe(0)
  },
  60_000,
)
