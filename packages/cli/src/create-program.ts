import {Command} from 'commander'
import type {Cli} from './cli.ts'
import {addApprove} from './commands/approve.ts'
import {addBackup} from './commands/backup.ts'
import {addBuild} from './commands/build.ts'
import {addCheck} from './commands/check.ts'
import {addDead} from './commands/dead.ts'
import {addDev} from './commands/dev.ts'
import {addDiff} from './commands/diff.ts'
import {addDkim} from './commands/dkim.ts'
import {addDoctor} from './commands/doctor.ts'
import {addGc} from './commands/gc.ts'
import {addInit} from './commands/init.ts'
import {addList} from './commands/list.ts'
import {addNew} from './commands/new.ts'
import {addNewsletter} from './commands/newsletter.ts'
import {addPlan} from './commands/plan.ts'
import {addPublish} from './commands/publish.ts'
import {addReceipt} from './commands/receipt.ts'
import {addReconcile} from './commands/reconcile.ts'
import {addReleases} from './commands/releases.ts'
import {addRender} from './commands/render.ts'
import {addRollback} from './commands/rollback.ts'
import {addSiteVerbs} from './commands/site.ts'
import {addStatus} from './commands/status.ts'
import {addSubscribers} from './commands/subscribers.ts'
import {addVerify} from './commands/verify.ts'

/** All verbs. Parsing throws instead of ending the process, and writes where the caller says. */
export function createProgram(cli: Cli): Command {
  const program = new Command('broadside')
    .description(
      'Turns a commit into pages, feeds and mail.\n\n' +
        'Verbs that ask a running Broadside for something find it through BROADSIDE_HOME (default .broadside) or ' +
        'DATABASE_URL. A site may be left out where there is only one.',
    )
    .configureOutput({
      writeOut: (text) => void cli.stdout.write(text),
      writeErr: (text) => void cli.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .showHelpAfterError('(broadside --help shows the verbs; broadside <verb> --help an example)')
  for (const add of [
    addInit,
    addNew,
    addList,
    addCheck,
    addDev,
    addPlan,
    addBuild,
    addRender,
    addPublish,
    addApprove,
    addStatus,
    addReleases,
    addDiff,
    addReceipt,
    addVerify,
    addReconcile,
    addGc,
    addRollback,
    addSubscribers,
    addNewsletter,
    addDkim,
    addDoctor,
    addSiteVerbs,
    addDead,
    addBackup,
  ]) {
    add(program, cli)
  }
  return program
}
