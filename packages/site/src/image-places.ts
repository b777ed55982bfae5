import {resolveRef} from './resolve-ref.ts'
import type {SiteView} from './site-view.ts'

export type ImagePlace = {
  /** Of the post or page. */
  file: string
  /** In the file, from 1. */
  line: number
  column: number
}

/** Where posts and pages show the image at `path` in the repository, at most `limit` of the places, by file. */
export async function imagePlaces(view: SiteView, path: string, limit: number): Promise<ImagePlace[]> {
  const {posts, pages} = await view.linkingTo([path])
  const places: ImagePlace[] = []
  for (const source of [...posts, ...pages].toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const fragment = await view.fragment(source.fragmentKey)
    for (const ref of fragment?.refs ?? []) {
      if (ref.kind !== 'image' || (await resolveRef(view, source.path, ref))?.file?.path !== path) continue
      places.push({file: source.path, line: ref.line, column: ref.column})
      if (places.length >= limit) return places
    }
  }
  return places
}
