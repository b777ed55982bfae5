import {relative} from 'node:path'
import type {RunFile} from './home.ts'
import type {SiteRepository} from './local-remote.ts'
import type {StandaloneOptions} from './options.ts'

/** What a newcomer needs once the site is up: where to look, where to push, what to type. */
export function formatReady(run: RunFile, options: StandaloneOptions, repository: SiteRepository): string {
  const mail =
    options.smtpUrl === undefined
      ? `${run.mailUrl}   (caught here, nothing leaves this machine)`
      : `leaves through ${new URL(options.smtpUrl).host}`
  const home = relative(process.cwd(), options.home)
  const invitation = repository.isExample
    ? `  Try it:
    git clone ${quote(run.gitRemote)} my-site && cd my-site
    printf -- '---\\ntitle: Hello\\n---\\n\\nOut of the press.\\n' > posts/hello.md
    git add . && git commit -m "Hello" && git push`
    : `  Commit to ${run.gitRemote} (${repository.branch}), and it is published.`
  return `
  ready

    site      ${run.siteUrl}
    console   ${run.consoleUrl}
    mail      ${mail}
    git       ${run.gitRemote}

${invitation}

  State is in ${home === '' ? '.' : home}; Ctrl-C stops everything, the next start goes on from there.
`
}

function quote(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
