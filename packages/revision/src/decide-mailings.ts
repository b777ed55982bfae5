import {decideMailing, togetherKey, type Mailing, type MailingFacts} from './decide-mailing.ts'

/** What decides for the posts that became live in one revision, each with something to know it by. */
export type PublishedPost<Key> = Omit<MailingFacts, 'together'> & {key: Key}

/** Decides for all of them, since how many came together matters; those that are not mailed are left out. */
export function decideMailings<Key>(revision: number, posts: PublishedPost<Key>[]): (Mailing & {key: Key})[] {
  const mailed = posts.filter((post) => decideMailing({...post, together: 1}).mail !== 'none')
  const batchOf = ({post}: PublishedPost<Key>) => togetherKey({revision, ...post})
  return mailed.map((post) => {
    const together = mailed.filter((other) => batchOf(other) === batchOf(post)).length
    return {key: post.key, ...decideMailing({...post, together})}
  })
}
