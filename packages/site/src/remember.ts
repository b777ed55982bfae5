import {LRUCache} from 'lru-cache'

/**
 * The same question, of which the `most` answers that were asked for last are given again, those that are under way
 * among them. A question that failed is asked again, and so is one whose answer does not stay as it is.
 */
export function remember<Answer>(
  ask: (name: string) => Promise<Answer>,
  most: number,
  stays: (answer: Answer) => boolean = () => true,
): (name: string) => Promise<Answer> {
  const answers = new LRUCache<string, Promise<Answer>>({max: most})
  return (name) => {
    const known = answers.get(name)
    if (known !== undefined) return known
    const answer = ask(name)
    answers.set(name, answer)
    answer.then(
      (told) => stays(told) || answers.delete(name),
      () => answers.delete(name),
    )
    return answer
  }
}
