"""The entry point."""

import signal
import threading

from algesia.cli.main import main


def test_ctrl_c_that_a_library_turned_into_its_own_error_still_counts(algesia, monkeypatch):
    def interrupted(name):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("half loaded") from None

    monkeypatch.setattr("algesia.catalog.entry.entry", interrupted)
    ended = algesia("models", "kamp_2020_general")
    assert (ended.code, ended.err) == (130, "interrupted\n")


def test_the_handler_of_ctrl_c_is_put_back(algesia):
    before = signal.getsignal(signal.SIGINT)
    algesia("--version")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_command_runs_on_another_thread_as_well(capsys):
    codes = []
    worker = threading.Thread(target=lambda: codes.append(main(["--version"])))
    worker.start()
    worker.join()
    assert codes == [0]
    assert capsys.readouterr().out.startswith("algesia ")
