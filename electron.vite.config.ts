import path from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const renderer = path.resolve(import.meta.dirname, 'src/renderer');

/**
 * Bundles what runs in a window. The main process is compiled by `tsc` with the rest (`tsconfig.build.json`): it is the
 * core's own files, whose processes, threads and WASM lie beside them, and the command line runs the same ones.
 */
export default defineConfig({
  preload: {
    build: {
      // Self-contained: a sandboxed preload can require nothing but Electron.
      externalizeDeps: false,
      outDir: 'out/preload',
      rolldownOptions: {
        input: path.resolve(import.meta.dirname, 'src/preload/preload.ts'),
        // A sandboxed preload must be CommonJS, and in a package of type "module" that is `.cjs`.
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  },
  renderer: {
    root: renderer,
    plugins: [react(), tailwindcss()],
    build: {
      outDir: 'out/renderer',
      // A phone fetches these pages over the network.
      minify: true,
      // The pages also run in other browsers than Electron's, and in Electron's of last year.
      target: 'es2023',
      // Browsers that know light-dark() themselves: rewritten for older ones, it is settled at the page's root, and
      // no part of a page can have a scheme of its own.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      rolldownOptions: {
        input: {
          control: path.join(renderer, 'index.html'),
          captions: path.join(renderer, 'captions.html'),
          capture: path.join(renderer, 'capture.html'),
        },
      },
    },
  },
});
