import {connect} from 'node:net'

/**
 * Connects, sends `question` and gives what comes back, at the first moment `isEnough` says so. Undefined when
 * nobody answers like that within `patienceMs`.
 */
export function askPort(
  {host, port, question, patienceMs = 1_000}: {host: string; port: number; question: string; patienceMs?: number},
  isEnough: (answer: string) => boolean,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({host, port})
    let answer = ''
    const end = (result: string | undefined) => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(patienceMs, () => end(undefined))
    socket.once('error', () => end(undefined))
    socket.once('close', () => end(undefined))
    socket.once('connect', () => socket.write(question))
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text
      if (isEnough(answer)) end(answer)
    })
  })
}
