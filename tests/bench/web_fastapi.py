"""web_fastapi: the stack of the Python original: uvicorn, FastAPI, SQLAlchemy. $STORE names the file."""
import json
import os

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import Column, Integer, String, create_engine, event
from sqlalchemy.orm import Session, declarative_base, sessionmaker
from sqlalchemy.pool import QueuePool

Base = declarative_base()


class Inbox(Base):
    __tablename__ = "inbox"
    seq = Column(Integer, primary_key=True)
    body = Column(String)


class Context(Base):
    __tablename__ = "context"
    uuid = Column(String, primary_key=True)
    system = Column(String)


engine = create_engine(
    "sqlite:///" + os.environ["STORE"],
    connect_args={"check_same_thread": False, "timeout": 30},
    poolclass=QueuePool,
    pool_size=50,
    max_overflow=50,
)


@event.listens_for(engine, "connect")
def pragmas(connection, _record):
    connection.execute("PRAGMA journal_mode = TRUNCATE")
    connection.execute("PRAGMA synchronous = FULL")


Base.metadata.create_all(engine)
Local = sessionmaker(bind=engine)
app = FastAPI()


def session():
    s = Local()
    try:
        yield s
    finally:
        s.close()


@app.post("/events")
def events(payload: dict, db: Session = Depends(session)):
    db.add(Inbox(body=json.dumps(payload)))
    db.commit()
    return {"status": "ok"}


@app.get("/api/context")
def context(x_avr_uuid: str = Header(), db: Session = Depends(session)):
    found = db.get(Context, x_avr_uuid)
    if not found:
        raise HTTPException(404)
    return {"system": found.system}
