// Lets the reader step through an interleaving, or through a chart of time. Without this script the figure shows all of it.
//
// Each row of the lanes, and each moment of a chart, is a group with the class `lanes-step` that carries what it tells as
// data; nothing is loaded.
(() => {
    "use strict";

    const button = (label, act) => {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = label;
        made.addEventListener("click", act);
        return made;
    };

    // What a row tells, as words and code.
    const tell = (step) => {
        const { thread, op, line, code, millis, say, end } = step.dataset;
        if (end !== undefined) return [end];
        // A moment of a chart has its words.
        if (say !== undefined) return [say];
        const waits = step.classList.contains("lanes-waits") ? " and has to wait" : "";
        const time = step.parentNode.dataset.clock === undefined ? "" : `${millis} ms · `;
        if (code === "") return [`${time}${thread}: ${op}${waits}`];
        const quoted = document.createElement("code");
        quoted.textContent = code;
        return [`${time}${thread}: ${op}${waits}, at `, quoted, ` (line ${line})`];
    };

    const equip = (figure) => {
        const drawing = figure.querySelector("svg.lanes-drawing, svg.chart-drawing");
        const steps = Array.from(figure.querySelectorAll(".lanes-step"));
        if (!drawing || steps.length === 0) return;

        // How many rows are shown; all of them until the reader begins.
        let shown = steps.length;

        const status = document.createElement("p");
        status.className = "lanes-status";
        status.setAttribute("role", "status");

        const show = (count) => {
            shown = Math.max(1, Math.min(count, steps.length));
            figure.classList.add("lanes-stepping");
            steps.forEach((step, index) => {
                step.classList.toggle("lanes-later", index >= shown);
                step.classList.toggle("lanes-now", index === shown - 1);
            });
            begin.textContent = "Start again";
            back.disabled = shown === 1;
            next.disabled = shown === steps.length;
            all.disabled = false;
            status.replaceChildren(`${shown} of ${steps.length} · `, ...tell(steps[shown - 1]));
        };
        const showAll = () => {
            shown = steps.length;
            figure.classList.remove("lanes-stepping");
            for (const step of steps) step.classList.remove("lanes-later", "lanes-now");
            begin.textContent = "Step through";
            back.disabled = next.disabled = all.disabled = true;
            status.textContent = "";
        };

        const begin = button("Step through", () => {
            show(1);
            next.focus({ preventScroll: true });
        });
        const back = button("Back", () => show(shown - 1));
        const next = button("Next", () => show(shown + 1));
        const all = button("Show all", showAll);

        const controls = document.createElement("div");
        controls.className = "lanes-controls";
        controls.setAttribute("role", "group");
        controls.setAttribute("aria-label", "Step through the figure");
        controls.append(begin, back, next, all, status);
        controls.addEventListener("keydown", (event) => {
            const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
            if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
            // The book would turn the page.
            event.preventDefault();
            event.stopPropagation();
            show(figure.classList.contains("lanes-stepping") ? shown + by : 1);
        });
        drawing.after(controls);
        showAll();
    };

    document.querySelectorAll("figure.lanes, figure.chart").forEach(equip);
})();
