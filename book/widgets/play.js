// Lets the reader be the scheduler of a listing. Every move leads where the real program goes: the states were recorded from it.
//
// A figure with the class `play` carries its game as JSON. It is hidden until this script has made it playable.
(() => {
    "use strict";

    const READY = 0;
    const WAITS = 1;

    const make = (tag, className, text) => {
        const made = document.createElement(tag);
        if (className) made.className = className;
        if (text !== undefined) made.textContent = text;
        return made;
    };
    const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;
    // Words between backquotes are code.
    const withCode = (text) =>
        text.split("`").map((part, index) => (index % 2 === 0 ? part : make("code", "", part)));

    // The moves of the shortest way to the goal, with the fewest switches among those; undefined if no way leads there.
    const shortest = (game, from, last) => {
        let layer = new Map([[`${from} ${last}`, { at: from, last, switches: 0, moves: [] }]]);
        const seen = new Set(layer.keys());
        while (layer.size > 0) {
            const done = [...layer.values()].filter((it) => game.states[it.at].end === 1);
            if (done.length > 0) return done.reduce((one, other) => (other.switches < one.switches ? other : one)).moves;
            const next = new Map();
            for (const { at, last: before, switches, moves } of layer.values()) {
                for (const [thread, to] of game.states[at].next) {
                    const key = `${to} ${thread}`;
                    if (seen.has(key)) continue;
                    const cost = switches + (before !== undefined && before !== thread ? 1 : 0);
                    const known = next.get(key);
                    if (known && known.switches <= cost) continue;
                    next.set(key, { at: to, last: thread, switches: cost, moves: [...moves, thread] });
                }
            }
            for (const key of next.keys()) seen.add(key);
            layer = next;
        }
        return undefined;
    };

    const equip = (figure) => {
        const data = figure.querySelector("script[type='application/json']");
        if (!data) return;
        const whole = JSON.parse(data.textContent);
        // The program, or what a change has made of it.
        let game = whole;

        // The moves made so far: each the thread, and the state that it led to.
        let way = [];
        // The moves that are still to be shown.
        let shown = [];
        const here = () => game.states[way.length === 0 ? 0 : way[way.length - 1].to];

        const title = make("p", "play-title");
        title.append(make("strong", "", "You are the scheduler. "), ...withCode(game.goal));
        const code = make("pre", "play-code");
        let lines = [];
        const write = () => {
            code.replaceChildren();
            lines = game.code.map((text, index) => {
                const line = make("div", "play-line");
                if (game !== whole && !whole.code.includes(text)) line.classList.add("play-changed");
                line.append(make("span", "play-number", String(game.first_line + index)), make("span", "play-text", text));
                const marks = make("span", "play-marks");
                line.append(marks);
                code.append(line);
                return { line, marks };
            });
        };
        const threads = make("div", "play-threads");
        threads.setAttribute("role", "group");
        threads.setAttribute("aria-label", "Which thread runs next");
        const buttons = game.threads.map((name, thread) => {
            const button = make("button");
            button.type = "button";
            button.addEventListener("click", () => {
                shown = [];
                move(thread);
            });
            threads.append(button);
            return button;
        });
        const control = (label, act) => {
            const button = make("button", "", label);
            button.type = "button";
            button.addEventListener("click", act);
            return button;
        };
        const undo = control("Undo", () => {
            shown = [];
            way.pop();
            draw("One move back.");
        });
        const again = control("Start again", () => {
            shown = [];
            way = [];
            draw("From the beginning.");
        });
        const show = control("Show me", () => {
            if (shown.length === 0) shown = shortest(game, game.states.indexOf(here()), way[way.length - 1]?.thread) ?? [];
            if (shown.length === 0) {
                draw("From here the goal can't be reached any more. Undo, or start again.");
                return;
            }
            move(shown[0], shown.slice(1));
        });
        const controls = make("div", "play-controls");
        controls.append(undo, again, show);
        const status = make("p", "play-status");
        status.setAttribute("role", "status");
        const printed = make("pre", "play-printed");
        printed.setAttribute("aria-label", "What the program has printed");

        // The other way round: which change mends it?
        const mends = make("div", "play-mends");
        const load = (chosen, said) => {
            game = chosen;
            [way, shown] = [[], []];
            title.replaceChildren(make("strong", "", "You are the scheduler. "), ...withCode(game.goal));
            write();
            draw(said);
        };
        if (whole.mends) {
            mends.setAttribute("role", "group");
            mends.setAttribute("aria-label", "Which change mends the program?");
            mends.append(make("p", "", "And which of these changes mends it?"));
            for (const { change, game: changed } of whole.mends) {
                const button = make("button");
                button.type = "button";
                button.append(...withCode(change));
                button.addEventListener("click", () => {
                    const held = shortest(changed, 0, undefined) === undefined;
                    button.classList.add(held ? "play-held" : "play-failed");
                    load(
                        changed,
                        held
                            ? `This change mends the program: none of its ${changed.states.length} states is the goal. Try it.`
                            : "This change does not mend the program: there is still a way to the goal. Find it, or press Show me.",
                    );
                });
                mends.append(button);
            }
            const original = make("button", "", "The original program");
            original.type = "button";
            original.addEventListener("click", () => load(whole, "Choose a thread."));
            mends.append(original);
        }

        const say = (thread, state) => {
            const place = state.at[thread];
            if (place === undefined) return "not started";
            const [kind, line, words] = place;
            const at = line > 0 && kind !== 2 ? `, line ${line}` : "";
            return kind === READY ? `next: ${game.words[words]}${at}` : `${game.words[words]}${at}`;
        };

        const move = (thread, rest = []) => {
            const step = here().next.find(([who]) => who === thread);
            if (!step) return;
            way.push({ thread, to: step[1] });
            shown = rest;
            draw(`${game.threads[thread]} ran.`);
        };

        const verdict = (state) => {
            if (state.end === undefined) return "";
            const switches = way.filter((it, index) => index > 0 && it.thread !== way[index - 1].thread).length;
            const own = `${counted(way.length, "move", "moves")} and ${counted(switches, "switch", "switches")}`;
            const best = `${counted(game.moves, "move", "moves")} and ${counted(game.switches, "switch", "switches")}`;
            return state.end === 1
                ? ` You have reached the goal, in ${own}. The shortest way takes ${best}.`
                : " The program has ended, and nothing went wrong. Undo, or start again.";
        };

        const draw = (said) => {
            const state = here();
            for (const { line, marks } of lines) {
                marks.replaceChildren();
                line.classList.remove("play-here");
            }
            buttons.forEach((button, thread) => {
                const can = state.next.some(([who]) => who === thread);
                const name = game.threads[thread];
                button.replaceChildren(make("strong", "", name), " ", ...withCode(say(thread, state)));
                button.disabled = !can;
                button.hidden = state.at[thread] === undefined;
                button.classList.toggle("play-shown", shown[0] === thread);
                const [kind, number] = state.at[thread] ?? [2, 0];
                const place = lines[number - game.first_line];
                if (kind === 2 || !place) return;
                place.line.classList.add("play-here");
                place.marks.append(make("span", kind === WAITS ? "play-mark play-waits" : "play-mark", kind === WAITS ? `${name} waits` : name));
            });
            undo.disabled = again.disabled = way.length === 0;
            show.disabled = state.end !== undefined;
            show.textContent = shown.length > 0 ? "Next" : "Show me";
            const nothing = state.end === undefined ? "(nothing is printed yet)" : "(nothing was printed)";
            printed.textContent = state.printed === "" ? nothing : state.printed;
            const time = game.states.some((it) => it.millis > 0) ? ` It is ${state.millis} ms.` : "";
            status.replaceChildren(...withCode(`${said}${time}${verdict(state)}`));
            figure.classList.toggle("play-done", state.end === 1);
        };

        // A digit is a thread; the book turns its pages with the arrows, which are left alone.
        figure.addEventListener("keydown", (event) => {
            if (event.altKey || event.ctrlKey || event.metaKey) return;
            const thread = Number.parseInt(event.key, 10);
            const act = { u: undo, r: again, s: show }[event.key] ?? buttons[thread - 1];
            if (!act || act.disabled || act.hidden) return;
            event.preventDefault();
            event.stopPropagation();
            act.click();
            figure.focus({ preventScroll: true });
        });
        figure.tabIndex = 0;
        figure.setAttribute("aria-label", "A game: you decide which thread runs next");
        const keys = make("figcaption", "play-keys", "Keys: 1, 2, 3 … run a thread, u undoes, r starts again, s shows a move. One move takes a thread to its next line.");
        figure.append(title, code, threads, controls, status, printed, mends, keys);
        figure.hidden = false;
        write();
        draw("Choose a thread.");
    };

    document.querySelectorAll("figure.play").forEach(equip);
})();
