import {LRUCache} from 'lru-cache'

/**
 * The same question, of which the `most` answers that were asked for last are given again, those that are under way
 * among them. A question that failed is asked again.
 */
export function remember<Answer>(
  ask: (name: string) => Promise<Answer>,
  most: number,
): (name: string) => Promise<Answer> {
  const answers = new LRUCache<string, Promise<Answer>>({max: most})
  return (name) => {
    const known = answers.get(name)
    if (known !== undefined) return known
    const answer = ask(name)
    answers.set(name, answer)
    answer.catch(() => answers.delete(name))
    return answer
  }
}
