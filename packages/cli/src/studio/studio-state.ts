import type {Diagnostic, Status} from '@broadside/content'
import {sha256} from '@broadside/revision'
import colors from 'picocolors'
import {codeFrame} from '../check/code-frame.ts'
import {isInFeed} from './feed-preview.ts'
import {previewsOf, viewOfPost} from './post-previews.ts'
import {templateProblem, type Preview} from './preview.ts'
import type {StudioSnapshot} from './studio-site.ts'
import type {StudioState, ToldDiagnostic} from './studio-told.ts'
import type {StudioPost} from './studio-views.ts'

export type StateInputs = {
  snapshot: StudioSnapshot
  preview: Preview
  /** All that is wrong with the site. */
  diagnostics: Diagnostic[]
  /** Reads a file of the site, for the lines around a place. */
  readText: (path: string) => Promise<string>
  of: string
  coming: boolean
}

/** Everything that the studio says of one file or address. */
export async function studioState(inputs: StateInputs): Promise<StudioState> {
  const {snapshot, preview, coming} = inputs
  const of = inputs.of.startsWith('/') ? fileAt(snapshot, inputs.of) : inputs.of
  const post = snapshot.posts.get(of)
  const address = of.startsWith('/') ? of : (post?.post.address ?? snapshot.pages.get(of)?.address)
  const found = [...inputs.diagnostics]
  const page = address === undefined ? undefined : await attempt(found, () => preview.at(snapshot, address, coming))
  if (page?.problem !== undefined) found.push(page.problem)
  const beside = /\/index\.(?:md|markdown)$/i.test(of) ? of.slice(0, of.lastIndexOf('/') + 1) : of
  const isAbout = ({file}: Diagnostic) =>
    file.startsWith(beside) || file === 'broadside.yaml' || file === 'theme' || file.startsWith('theme/')
  const about = found.filter(isAbout)
  const isOlder = about.some(({severity}) => severity === 'error') && page !== undefined
  return {
    version: snapshot.version,
    site: snapshot.settings.title,
    of,
    title: post?.version.meta.title ?? snapshot.documents.get(of)?.good?.meta.title ?? address ?? of,
    ...(address === undefined ? {} : {address}),
    ...(post === undefined ? {} : {status: statusText(post.status)}),
    ...(page === undefined ? {} : {page: page.hash}),
    ...(post === undefined ? {} : await itemAndMail(inputs, post, found)),
    diagnostics: await Promise.all(about.map((one) => withFrame(one, inputs.readText))),
    isOlder,
    errors: found.filter(({severity}) => severity === 'error').length,
    warnings: found.filter(({severity}) => severity === 'warning').length,
  }
}

/** The file whose page stands at an address, else the address itself. */
function fileAt({posts, pages}: StudioSnapshot, address: string): string {
  for (const {post} of posts.values()) if (post.address === address) return post.path
  for (const page of pages.values()) if (page.address === address) return page.path
  return address
}

async function itemAndMail(
  {snapshot}: StateInputs,
  post: StudioPost,
  found: Diagnostic[],
): Promise<Pick<StudioState, 'feed' | 'mail'>> {
  const view = viewOfPost(snapshot, post)
  const {meta} = post.version
  const previews = previewsOf(snapshot, post)
  const item = await attempt(found, () => previews.item('json'))
  const mail = await attempt(found, previews.mail)
  return {
    ...(item === undefined ? {} : {feed: {hash: shortHash(item), isIn: await isInFeed(view, post.post)}}),
    ...(mail === undefined
      ? {}
      : {
          mail: {
            hash: shortHash(mail.html + mail.text),
            subject: mail.subject,
            from: mail.from,
            bytes: mail.bytes,
            isSent: meta.newsletter.send ?? view.settings.newsletter.enabled,
          },
        }),
  }
}

/** What a template or setting is guilty of is told, and no page of the studio fails by it. */
async function attempt<Value>(found: Diagnostic[], work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work()
  } catch (error) {
    const problem = templateProblem(error)
    if (problem === undefined) throw error
    if (!found.some(({message}) => message === problem.message)) found.push(problem)
    return undefined
  }
}

export function statusText(status: Status): string {
  switch (status.is) {
    case 'draft':
    case 'live':
      return status.is
    case 'scheduled':
    case 'expired':
      return `${status.is} ${new Date(status.at).toISOString().replace(/:00\.000Z$/, 'Z')}`
  }
}

async function withFrame(found: Diagnostic, readText: StateInputs['readText']): Promise<ToldDiagnostic> {
  const plain = colors.createColors(false)
  return {...found, frame: codeFrame(await readText(found.file), found, plain)}
}

function shortHash(text: string): string {
  return sha256(Buffer.from(text)).slice(0, 16)
}
