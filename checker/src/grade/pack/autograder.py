#!/usr/bin/env python3
"""Judges a checkout for Classroom 50. The workbook's authors have not run it there: try it on a small class first.

It belongs into CLASSROOM/autograders/ASSIGNMENT/autograder.py. The job needs the image of the Containerfile beside this file: the
workbook is in it, with everything built. If a submission can't be decided, there is no result.json, and the runner reports an error.
"""
import os
import subprocess
import sys

HERE = os.getcwd()
WORKBOOK = os.environ.get("WORKBOOK", "/workbook")
ASSIGNMENT = os.environ.get("WORKBOOK_ASSIGNMENT", "/assignment.toml")
# Seconds: the job has fifteen minutes for everything.
LIMIT = 720

command = ["cargo", "checker", "grade"{{list}}, "one", "classroom50", "--submission", HERE, "--assignment", ASSIGNMENT]
command += ["--result", os.path.join(HERE, "result.json")]
try:
    sys.exit(subprocess.run(command, cwd=WORKBOOK, timeout=LIMIT).returncode)
except subprocess.TimeoutExpired:
    sys.exit(f"nothing was decided within {LIMIT} seconds")
