export function termsOf(text: string): string[]
export function bucketOf(term: string, count: number): number
export function nearness(word: string, term: string): number
export function unpackPostings(packed: string): [post: number, weight: number][]
