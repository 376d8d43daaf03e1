import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/**
 * Node's own modules by `require`. An `import` of them makes Node read every name they export, and with `node:http` that
 * loads a client for WebSockets and all it needs: 40 ms of CPU and some megabytes that nobody here uses.
 */
export const builtinsByRequire: Plugin = {
  name: 'builtins-by-require',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : { path, external: true },
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** zod's messages in English alone: the other fifty languages are half of it. */
export const englishOnly: Plugin = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, ({ path }) => {
      const english = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.includes('./en.js'));
      if (english.length !== 1) throw new Error(`${path} is not the list of languages it was`);
      return { contents: english.join('\n'), loader: 'js' };
    });
  },
};

/**
 * What reads kubeconfigs in a file of its own beside the process's: three fifths of the whole, which no pod with a
 * ServiceAccount loads, and which would be parsed and kept all the same.
 */
export function apart(filter: RegExp, file: string): Plugin {
  return {
    name: 'apart',
    setup(build) {
      build.onResolve({ filter }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: file, external: true } : undefined,
      );
    },
  };
}
