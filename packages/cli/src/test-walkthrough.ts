/** A step of a page that is read as a session: a file to write, or a command and what it is to print. */
export type WalkthroughStep = {write: string; text: string} | {command: string[]; line: string; printed: string}

/**
 * The fenced blocks of a page that a test carries out: those that name a file after their language, and those of
 * `console`, in which `$` begins a command and what follows is its output.
 */
export function readWalkthrough(page: string): WalkthroughStep[] {
  return [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].flatMap(
    ([, language, path, content = '']): WalkthroughStep[] => {
      if (path !== undefined) return [{write: path, text: content}]
      return language === 'console' ? readSession(content) : []
    },
  )
}

function readSession(content: string): WalkthroughStep[] {
  return content
    .split(/^\$ /m)
    .filter((step) => step !== '')
    .map((step) => {
      const [line = '', ...printed] = step.split('\n')
      return {command: readWords(line), line, printed: printed.join('\n')}
    })
}

/** Words as a shell takes them, as far as a page needs it: spaces between, double quotes around. */
function readWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}

/** Whether a command printed what the page says; `…` stands for anything within a line. */
export function isAsPrinted(actual: string, printed: string): boolean {
  const pattern = printed
    .split('…')
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('[^\\n]*')
  return new RegExp(`^${pattern}$`).test(actual)
}
