// The post-receive hook of a site's repository: tells intake that something came, and shows its answer to the author.
// The push itself is safe in git whatever happens here, so this never fails it.
import {readFileSync} from 'node:fs'
import {request} from 'node:http'

const [runFile, site] = process.argv.slice(2)
const updates = readFileSync(0, 'utf8').trim().split('\n')
const branches = updates.map((line) => line.split(' ')).filter(([, , ref]) => ref?.startsWith('refs/heads/'))
// One of another branch may have a preview.
const after = (branches.find(([, , ref]) => ref === 'refs/heads/main') ?? branches[0])?.[1]

function say(text) {
  process.stdout.write(`${text.trimEnd()}\n`)
}

let intakeUrl
try {
  ;({intakeUrl} = JSON.parse(readFileSync(runFile, 'utf8')))
} catch {
  say('Broadside is not running; this push will be published when it starts.')
}

if (intakeUrl !== undefined && after !== undefined) {
  const body = JSON.stringify({after})
  const headers = {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)}
  const call = request(`${intakeUrl}/push/${site}`, {method: 'POST', headers, timeout: 60_000}, (answer) => {
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (chunk) => (text += chunk))
    answer.on('end', () => say((answer.statusCode ?? 500) < 300 ? text : `Broadside will look again soon (${text})`))
  })
  call.on('timeout', () => call.destroy(new Error('no answer within a minute')))
  call.on('error', (error) => say(`Broadside does not answer (${error.message}); this push will be published later.`))
  call.end(body)
}
