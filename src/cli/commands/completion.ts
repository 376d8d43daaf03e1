import { TemperError } from '../../model/errors.ts';
import type { Result } from '../output/result.ts';

/** The shells that completion is written for; each asks the program itself what fits. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

const SCRIPTS: Readonly<Record<string, (program: string) => string>> = {
  bash: (program) => `_temper_cli() {
  local IFS=$'\\n'
  COMPREPLY=($("${program}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _temper_cli ${program}
`,
  zsh: (program) => `#compdef ${program}
_temper_cli() {
  local -a candidates
  candidates=("\${(@f)$("${program}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- $candidates
}
compdef _temper_cli ${program}
`,
  fish: (
    program,
  ) => `complete -c ${program} -f -a '("${program}" __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

/** The script that a shell reads to complete this program. */
export function completion(shell: string): Result {
  const script = SCRIPTS[shell]?.('temper-cli');
  if (script === undefined) throw new TemperError('TMP3221', `a shell is one of ${SHELLS.join(', ')}`);
  return { kind: 'Completion', data: { shell, script }, text: () => script };
}
